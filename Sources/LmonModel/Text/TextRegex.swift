internal import CText

/// A regular expression as PCRE2 has them, `^` and `$` at lines. Smart case as in text: without a capital letter it
/// matches either case.
///
/// Equal if its text is. What a pattern may cost on one text is bounded: beyond that it counts as not found, and is
/// counted.
package struct TextRegex: Hashable, Sendable, CustomStringConvertible {
    package let pattern: String
    /// `i`: either case, also with capital letters; `x`: blanks and comments do not count.
    package let flagText: String
    package let ignoresCase: Bool
    private let compiled: Compiled

    static let flags: [Unicode.Scalar] = ["i", "x"]

    package struct Mistake: Error, Hashable {
        package let reason: String
        /// In Unicode scalars of the pattern.
        package let offset: Int
    }

    /// `pattern` is as it stands between slashes: `\/` means a slash.
    package init(_ pattern: String, flags: String = "") throws(Mistake) {
        self.pattern = pattern
        self.flagText = flags
        self.ignoresCase = flags.contains("i") || !Self.hasCapital(pattern)
        self.compiled = try Compiled(pattern, ignoresCase: self.ignoresCase, isExtended: flags.contains("x"))
    }

    package static func == (left: TextRegex, right: TextRegex) -> Bool {
        left.pattern == right.pattern && left.flagText == right.flagText
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.pattern)
        hasher.combine(self.flagText)
    }

    /// Of PCRE2: `10.42`.
    package static var libraryVersion: String {
        var text = [CChar](repeating: 0, count: 64)
        let length = lmon_regex_version(&text, text.count)
        let bytes = text.prefix(length).map { UInt8(bitPattern: $0) }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
    }

    /// As it is written in a filter.
    package var description: String { "/\(self.pattern)/\(self.flagText)" }

    /// Texts that it gave up on since it was made.
    package var givenUp: Int { Int(lmon_regex_given_up(self.compiled.pointer)) }

    package func isFound(in text: UnsafeBufferPointer<UInt8>) -> Bool { self.range(in: text, from: 0) != nil }

    /// Where it is found first, as offsets in the text's bytes.
    package func range(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int>? {
        var (lower, upper) = (0, 0)
        let found = lmon_regex_find(self.compiled.pointer, text.baseAddress, text.count, start, &lower, &upper)
        // `\K` may put the beginning behind the end.
        return found == 1 ? min(lower, upper)..<max(lower, upper) : nil
    }

    /// A capital that stands for itself: not the one of `\S` or `\p{Lu}`.
    private static func hasCapital(_ pattern: String) -> Bool {
        var scalars = pattern.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            if scalar != "\\" {
                if scalar.properties.isUppercase { return true }
                continue
            }
            let letter = scalars.popFirst()
            if letter?.properties.isAlphabetic == true, scalars.first == "{" { scalars = scalars.drop { $0 != "}" } }
        }
        return false
    }
}

extension TextRegex {
    /// PCRE2's own form, freed with the last value that has it.
    private final class Compiled: Sendable {
        /// What it points to is never written to but for an atomic counter, so threads may share it.
        nonisolated(unsafe) let pointer: OpaquePointer

        init(_ pattern: String, ignoresCase: Bool, isExtended: Bool) throws(Mistake) {
            let bytes = Array(pattern.utf8)
            var (error, offset): (Int32, Int) = (0, 0)
            let compiled = lmon_regex_compile(
                bytes,
                bytes.count,
                ignoresCase ? 1 : 0,
                isExtended ? 1 : 0,
                &error,
                &offset
            )
            guard let compiled else {
                let before = String(decoding: bytes.prefix(offset), as: UTF8.self)
                throw Mistake(reason: Self.message(error), offset: before.unicodeScalars.count)
            }
            self.pointer = compiled
        }

        deinit { lmon_regex_free(self.pointer) }

        private static func message(_ error: Int32) -> String {
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
                let length = lmon_regex_message(error, buffer.baseAddress, buffer.count)
                return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
    }
}
