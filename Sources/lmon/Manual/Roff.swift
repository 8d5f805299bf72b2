/// The pieces of a manual page in the macros of man(7), which groff and mandoc both read.
struct Roff {
    private(set) var text = ""

    /// A request or macro with its arguments, each of them quoted as needed.
    mutating func macro(_ name: String, _ arguments: String...) {
        let words = arguments.map { argument in
            let text = Self.escaped(argument).replacing("\"", with: "\\(dq")
            return text.contains(" ") || text.isEmpty ? "\"\(text)\"" : text
        }
        self.text += ([".\(name)"] + words).joined(separator: " ") + "\n"
    }

    /// Text with its own markup, such as `\fB`.
    mutating func raw(_ line: String) { self.text += line + "\n" }

    /// A line that stays one.
    mutating func line(_ text: String) {
        let shown = Self.escaped(text)
        // A point in front would be a request.
        self.text += (shown.hasPrefix(".") ? "\\&" : "") + shown + "\n"
    }

    /// Text that the reader's width breaks; here in lines that the tools like.
    mutating func prose(_ text: String) {
        var line = ""
        for word in text.split(separator: " ") {
            if line.count + word.count >= 72, !line.isEmpty {
                self.line(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        self.line(line)
    }

    /// Paragraphs as help texts have them: lines that begin with two blanks stand as they are.
    mutating func paragraphs(_ text: String, first: String? = nil) {
        var isVerbatim = false
        var begins = first
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let stands = line.hasPrefix("  ")
            if stands != isVerbatim {
                self.raw(stands ? ".PP\n.nf\n.RS 4" : ".RE\n.fi")
                isVerbatim = stands
                begins = "PP"
            }
            if line.allSatisfy(\.isWhitespace) {
                begins = "PP"
            } else if stands {
                self.line(String(line.dropFirst(2)))
            } else {
                if let begins { self.raw(".\(begins)") }
                begins = nil
                self.prose(String(line))
            }
        }
        if isVerbatim { self.raw(".RE\n.fi") }
    }

    static func bold(_ text: String) -> String { "\\fB\(self.escaped(text))\\fR" }
    static func italic(_ text: String) -> String { "\\fI\(self.escaped(text))\\fR" }

    /// Characters as themselves: a hyphen is one, and what ASCII lacks is named by its number.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case "`": result += "\\(ga"
            case "'": result += "\\(aq"
            case " "..."~": result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
            }
        }
        return result
    }
}
