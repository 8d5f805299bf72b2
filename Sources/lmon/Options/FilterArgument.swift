import LmonModel
import LmonScreen

/// A filter on the command line; a wrong one is shown with a caret under its place.
enum FilterArgument {
    static func parse(_ text: String?, option: String) throws -> Filter? {
        guard let text else { return nil }
        do throws(FilterError) {
            return try Filter(text)
        } catch {
            let before = String(String.UnicodeScalarView(text.unicodeScalars.prefix(error.column - 1)))
            throw Failure.usage("\(option): \(error.reason)", detail: Self.shown(text, caretAfter: before))
        }
    }

    /// The text, or what is near the place in a long one, and the caret.
    private static func shown(_ text: String, caretAfter before: String) -> [String] {
        let before = Text.sanitised(before)
        let after = Text.sanitised(text).dropFirst(before.count)
        let isCut = before.count > 60
        let start = isCut ? "…" + before.suffix(50) : before
        let end = after.count > 60 ? after.prefix(50) + "…" : after
        return ["  \(start)\(end)", "  " + String(repeating: " ", count: Text.width(of: start)) + "^"]
    }
}
