/// A call as a command to run it again.
package enum CurlLine {
    /// What stands in place of what was redacted.
    package static let redactionMark = "‹redacted›"

    /// One line for a POSIX-like shell with `$'…'` (bash, zsh, ksh), safe to paste whatever the call held. What is
    /// missing, because it was redacted or cut, is named behind a `#`. Nil if the URL was not seen.
    package static func text(for call: Call) -> String? {
        guard let url = call.url else { return nil }
        var missing: [String] = []
        var words = ["curl"]
        if let method = call.method, method != "GET" || call.requestBody?.content != nil {
            words.append(contentsOf: method == "HEAD" ? ["--head"] : ["-X", self.quoted(method)])
        }
        // A URL from a function may look like an option, or like one of curl's patterns.
        if url.text.contains(where: { "[]{}".contains($0) }) { words.append("--globoff") }
        if url.text.hasPrefix("-") { words.append("--url") }
        words.append(self.quoted(url.text))
        if url.text.contains(self.redactionMark) { missing.append("redacted in the URL") }
        for header in call.requestHeaders ?? [] where !self.isImplied(header) {
            if header.value.contains(self.redactionMark) {
                missing.append("header \(self.comment(header.name)) redacted")
            } else if header.name.lowercased() == "accept-encoding" {
                words.append("--compressed")
            } else {
                words.append(contentsOf: ["-H", self.quoted("\(header.name): \(header.value)")])
            }
        }
        let source = self.appendBody(call.requestBody, &words, &missing)
        let line = source + words.joined(separator: " ")
        return missing.isEmpty ? line : line + "  # missing: " + missing.joined(separator: ", ")
    }

    /// In single quotes where that is enough; `$'…'` where there are control characters.
    package static func quoted(_ text: String) -> String {
        if !text.isEmpty, text.utf8.allSatisfy(self.isPlain) { return text }
        guard text.unicodeScalars.contains(where: self.isControl) else {
            return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }
        var result = "$'"
        for scalar in text.unicodeScalars where scalar.value != 0 {
            switch scalar {
            case "'", "\\": result += "\\" + String(scalar)
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where self.isControl(scalar): result += self.escaped(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "'"
    }

    // MARK: Parts

    private static func appendBody(_ body: Body?, _ words: inout [String], _ missing: inout [String]) -> String {
        guard let body else { return "" }
        if body.isTruncated { missing.append("the rest of the body") }
        if body.isRedacted { missing.append("redacted parts of the body") }
        switch body.content {
        case .text(let text):
            words.append(contentsOf: ["--data-raw", self.quoted(text)])
            return ""
        case .base64(let text):
            words.append(contentsOf: ["--data-binary", "@-"])
            return "printf %s \(self.quoted(text)) | base64 -d | "
        case nil:
            if (body.size ?? 0) > 0, !body.isTruncated { missing.append("the body") }
            return ""
        }
    }

    /// curl sets these itself, or they say how the connection was used.
    private static func isImplied(_ header: Header) -> Bool {
        // `:path` is HTTP/2's own; `@name` would make curl read a file.
        if header.name.hasPrefix(":") || header.name.hasPrefix("@") { return true }
        return ["host", "content-length", "connection", "transfer-encoding", "expect"].contains(
            header.name.lowercased()
        )
    }

    /// A header's name may be hostile too, and a comment ends at a line's end.
    private static func comment(_ text: String) -> String {
        String(text.unicodeScalars.map { self.isControl($0) ? " " : Character($0) })
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 48...57: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
        default: false
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        UTF8.encode(scalar).map { $0.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() } ?? ""
    }
}
