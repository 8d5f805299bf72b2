extension TextRegex {
    /// The longest text that stands in everything that it matches, as far as a simple reading finds one.
    var required: TextPattern? {
        // Options within the pattern, and blanks that do not count, are beyond a simple reading.
        guard !self.flagText.contains("x") else { return nil }
        var reading = Reading(Array(self.pattern.unicodeScalars), ignoresCase: self.ignoresCase)
        guard let text = reading.longestText() else { return nil }
        return TextPattern(bytes: Array(String(text).utf8), ignoresCase: self.ignoresCase)
    }

    private struct Reading {
        private let scalars: [Unicode.Scalar]
        private let ignoresCase: Bool
        private var index = 0
        private var depth = 0
        private var run = String.UnicodeScalarView()
        private var longest = String.UnicodeScalarView()

        init(_ scalars: [Unicode.Scalar], ignoresCase: Bool) {
            self.scalars = scalars
            self.ignoresCase = ignoresCase
        }

        mutating func longestText() -> String.UnicodeScalarView? {
            while let scalar = self.next() {
                guard self.take(scalar) else { return nil }
            }
            self.endRun()
            return self.longest.isEmpty ? nil : self.longest
        }

        private mutating func next() -> Unicode.Scalar? {
            guard self.index < self.scalars.count else { return nil }
            self.index += 1
            return self.scalars[self.index - 1]
        }

        /// False where reading must stop.
        private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar {
            case "\\": return self.takeEscape()
            case "[": return self.skipClass()
            case "(":
                self.endRun()
                self.depth += 1
                let behind = String(String.UnicodeScalarView(self.scalars[self.index...].prefix(2)))
                return behind.hasPrefix("?:") || !(behind.hasPrefix("?") || behind.hasPrefix("*"))
            case ")":
                self.endRun()
                self.depth -= 1
            case "|":
                guard self.depth > 0 else { return false }
                self.endRun()
            case "?", "*": self.endRun(dropsLast: true)
            case "{": self.takeBrace()
            case ".", "^", "$", "+": self.endRun()
            default: self.append(scalar)
            }
            return true
        }

        private mutating func takeEscape() -> Bool {
            guard let scalar = self.next() else { return false }
            if scalar.isASCII, !scalar.properties.isAlphabetic, !("0"..."9").contains(scalar) {
                self.append(scalar)
                return true
            }
            self.endRun()
            return "dDwWsSbBAzZhHvVRnrtfe".unicodeScalars.contains(scalar)
        }

        /// A quantifier with numbers, or a brace that stands for itself.
        private mutating func takeBrace() {
            self.endRun(dropsLast: true)
            let inside = self.scalars[self.index...].prefix { ("0"..."9").contains($0) || $0 == "," || $0 == " " }
            if inside.endIndex < self.scalars.count, self.scalars[inside.endIndex] == "}" {
                self.index = inside.endIndex + 1
            }
        }

        private mutating func skipClass() -> Bool {
            self.endRun()
            if self.index < self.scalars.count, self.scalars[self.index] == "^" { self.index += 1 }
            // At the beginning it stands for itself.
            if self.index < self.scalars.count, self.scalars[self.index] == "]" { self.index += 1 }
            while let scalar = self.next() {
                if scalar == "]" { return true }
                if scalar == "[" { return false }
                if scalar == "\\", let escaped = self.next(), escaped == "Q" || escaped == "E" { return false }
            }
            return false
        }

        private mutating func append(_ scalar: Unicode.Scalar) {
            guard self.depth == 0 else { return }
            // Two letters are also other letters than ASCII's, where case does not count: K (kelvin) and ſ.
            let isOdd = self.ignoresCase && "kKsS".unicodeScalars.contains(scalar)
            if isOdd { self.endRun() } else { self.run.append(self.lower(scalar)) }
        }

        private func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
            guard self.ignoresCase, ("A"..."Z").contains(scalar) else { return scalar }
            return Unicode.Scalar(UInt8(ascii: scalar) | 0x20)
        }

        private mutating func endRun(dropsLast: Bool = false) {
            if dropsLast, !self.run.isEmpty { self.run.removeLast() }
            if self.run.count > self.longest.count { self.longest = self.run }
            self.run = String.UnicodeScalarView()
        }
    }
}
