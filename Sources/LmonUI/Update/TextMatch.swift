/// Where words stand in a line: smart case, so case matters only if the words have a capital.
enum TextMatch {
    /// Whether every word stands in it.
    static func isFound(_ words: String, in text: String) -> Bool {
        words.split(separator: " ").allSatisfy { !self.ranges(ofWord: String($0), in: text).isEmpty }
    }

    /// Where any of the words stands.
    static func ranges(of words: String, in text: String) -> [Range<String.Index>] {
        words.split(separator: " ").flatMap { self.ranges(ofWord: String($0), in: text) }
    }

    private static func ranges(ofWord needle: String, in text: String) -> [Range<String.Index>] {
        guard !needle.isEmpty else { return [] }
        let isExact = needle.contains { $0.isUppercase }
        let wanted = Array(needle)
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
