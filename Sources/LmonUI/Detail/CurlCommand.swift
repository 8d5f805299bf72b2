import LmonModel

/// A call as a line for a shell: the same request again.
enum CurlCommand {
    /// Headers that curl makes itself, and those of the connection.
    private static let own: Set<String> = [
        "host", "content-length", "connection", "accept-encoding", "transfer-encoding",
    ]

    static func text(_ call: Call) -> String {
        var words = ["curl"]
        let method = call.method ?? "GET"
        let body = call.requestBody?.text ?? ""
        if method != (body.isEmpty ? "GET" : "POST") { words += ["-X", self.quoted(method)] }
        for header in call.requestHeaders ?? [] where !self.own.contains(header.name.lowercased()) {
            words += ["-H", self.quoted("\(header.name): \(header.value)")]
        }
        if !body.isEmpty { words += ["--data-raw", self.quoted(body)] }
        words.append(self.quoted(call.url?.text ?? ""))
        return words.joined(separator: " ")
    }

    /// In single quotes, so that a shell takes nothing in it for its own; controls as `$'\x1b'`, since pasting them would
    /// type them.
    static func quoted(_ text: String) -> String {
        let isSafe = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }
        if isSafe {
            return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }
        var result = "$'"
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\\"): result += "\\" + String(Character(Unicode.Scalar(byte)))
            case 0x20..<0x7F: result += String(Character(Unicode.Scalar(byte)))
            default: result += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return result + "'"
    }
}
