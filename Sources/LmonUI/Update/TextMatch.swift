/// Where words stand in a line: smart case, so case matters only if the words have a capital.
enum TextMatch {
    /// Ranges of characters, which do not overlap.
    static func ranges(of needle: String, in text: String) -> [Range<String.Index>] {
        guard !needle.isEmpty, text.utf8.count >= 1 else { return [] }
        let isExact = needle.contains { $0.isUppercase }
        let wanted = Array(isExact ? needle : needle.lowercased())
        var ranges: [Range<String.Index>] = []
        var start = text.startIndex
        while start < text.endIndex {
            if let end = self.match(wanted, in: text, at: start, isExact: isExact) {
                ranges.append(start..<end)
                start = end
            } else {
                start = text.index(after: start)
            }
        }
        return ranges
    }

    private static func match(
        _ wanted: [Character],
        in text: String,
        at start: String.Index,
        isExact: Bool
    ) -> String.Index? {
        var index = start
        for character in wanted {
            guard index < text.endIndex else { return nil }
            let found = text[index]
            guard found == character || (!isExact && found.lowercased() == String(character)) else { return nil }
            index = text.index(after: index)
        }
        return index
    }
}
