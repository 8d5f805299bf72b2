/// How foreign text is made harmless and measured. The module of screens knows both; this one may not know it, so a
/// renderer is given them.
package struct TextRules: Sendable {
    /// Returns text that cannot drive a terminal, nor hide or reorder anything.
    package let sanitised: @Sendable (String) -> String
    /// The columns of sanitised text.
    package let width: @Sendable (String) -> Int

    package init(
        sanitised: @escaping @Sendable (String) -> String,
        width: @escaping @Sendable (String) -> Int
    ) {
        self.sanitised = sanitised
        self.width = width
    }

    /// Filled up with blanks to so many columns; longer text comes back whole.
    func padded(_ text: String, _ columns: Int, trailing: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, columns - self.width(text)))
        return trailing ? blanks + text : text + blanks
    }

    /// The beginning that fits, with an ellipsis if that is not all.
    func clipped(_ text: String, _ columns: Int) -> String {
        guard self.width(text) > columns else { return text }
        var result = ""
        var used = 1
        for character in text {
            used += self.width(String(character))
            guard used <= columns else { break }
            result.append(character)
        }
        return result + "…"
    }
}
