/// A call as a command to run it again.
package enum CurlLine {
    /// What stands in place of what was redacted.
    package static let redactionMark = "‹redacted›"

    /// One line for any POSIX shell, safe to paste whatever the call held. It gives the same request: curl's own headers
    /// are taken away where the call did not have them. What is missing, because it was redacted, cut or cannot be sent
    /// by curl, is named in front. Nil if the URL was not seen.
    package static func text(for call: Call) -> String? {
        guard let url = call.url else { return nil }
        var line = Line(call)
        line.addMethod()
        line.addURL(url)
        line.addHeaders()
        line.addBody()
        return line.text
    }

    private struct Line {
        private let call: Call
        private let hasBody: Bool
        private var source = ""
        private var words = ["curl"]
        private var missing: [String] = []

        init(_ call: Call) {
            self.call = call
            self.hasBody = call.requestBody?.content != nil
        }

        /// A comment behind it would not be one in an interactive zsh.
        var text: String {
            let line = self.source + self.words.joined(separator: " ")
            guard !self.missing.isEmpty else { return line }
            return ": " + ShellWord.quoted("missing: " + self.missing.joined(separator: ", ")) + "; " + line
        }

        mutating func addMethod() {
            guard let method = self.call.method else { return self.missing.append("the method") }
            guard CurlLine.isToken(method) else { return self.missing.append("the method, which is none") }
            if method == "HEAD", !self.hasBody {
                self.words.append("--head")
            } else if method != "GET" || self.hasBody {
                self.words += ["-X", ShellWord.quoted(method)]
            }
        }

        mutating func addURL(_ url: URLText) {
            // A URL from a function may look like an option, like one of curl's patterns, or be no URL of HTTP.
            let text = PercentEncoding.escaped(url.text, where: Visibility.isHidden)
            if text.contains(where: { "[]{}".contains($0) }) { self.words.append("--globoff") }
            if url.path.contains("/.") { self.words.append("--path-as-is") }
            let isHTTP = ["http://", "https://"].contains { text.lowercased().hasPrefix($0) }
            if !isHTTP { self.words += ["--proto", "'=http,https'", "--url"] }
            self.words.append(ShellWord.quoted(text))
            if url.text.contains(CurlLine.redactionMark) { self.missing.append("redacted in the URL") }
        }

        mutating func addHeaders() {
            guard let headers = self.call.requestHeaders else { return self.missing.append("the headers") }
            for header in headers where !self.isImplied(header) { self.add(header) }
            // What curl would add.
            var own = ["accept", "user-agent"]
            if self.hasBody { own.append("content-type") }
            for name in own where !headers.contains(where: { $0.name.lowercased() == name }) {
                self.words += ["-H", "'\(name):'"]
            }
        }

        private mutating func add(_ header: Header) {
            let name = String(header.name.unicodeScalars.map { Visibility.isHidden($0) ? " " : Character($0) })
            guard CurlLine.isToken(header.name), !header.value.unicodeScalars.contains(where: CurlLine.breaksHeader)
            else { return self.missing.append("header \(name), which cannot be sent") }
            guard !header.value.contains(CurlLine.redactionMark) else {
                return self.missing.append("header \(name) redacted")
            }
            if header.name.lowercased() == "accept-encoding" { self.words.append("--compressed") }
            let isEmpty = header.value.allSatisfy { $0 == " " || $0 == "\t" }
            self.words += ["-H", ShellWord.word(isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")]
        }

        /// curl sets these itself, or they say how the connection was used.
        private func isImplied(_ header: Header) -> Bool {
            switch header.name.lowercased() {
            // HTTP/2's own.
            case let name where name.hasPrefix(":"): true
            case "host": header.value.lowercased() == self.call.url?.host.lowercased()
            // The body is here as it was before it was encoded.
            case "content-encoding": self.hasBody && self.call.requestBody?.encoding != nil && !self.isZipped
            case "content-length", "connection", "transfer-encoding", "expect": true
            default: false
            }
        }

        private var isZipped: Bool { self.call.requestBody?.encoding == "gzip" }

        mutating func addBody() {
            guard let body = self.call.requestBody else { return }
            if body.isTruncated { self.missing.append("the rest of the body") }
            if body.isRedacted { self.missing.append("redacted parts of the body") }
            switch body.content {
            case .text(let text): self.add(body: text)
            case .base64(let text):
                guard Base64.isWhole(text) else { return self.missing.append("the body") }
                self.pipe("printf %s \(ShellWord.quoted(text)) | base64 -d")
            case nil:
                if (body.size ?? 0) > 0, !body.isTruncated { self.missing.append("the body") }
                return
            }
            if let encoding = body.encoding, !self.isZipped {
                let name = String(encoding.unicodeScalars.map { Visibility.isHidden($0) ? " " : Character($0) })
                self.missing.append("the body's encoding \(name)")
            }
        }

        private mutating func add(body text: String) {
            // The system bounds a word's length.
            let isLong = text.utf8.count > 60_000
            if isLong || self.isZipped || text.unicodeScalars.contains(where: Visibility.isHidden) {
                self.pipe(ShellWord.printf(text))
            } else {
                self.words += ["--data-raw", ShellWord.quoted(text)]
            }
        }

        private mutating func pipe(_ command: String) {
            self.source = command + (self.isZipped ? " | gzip -c | " : " | ")
            self.words += ["--data-binary", "@-"]
        }
    }

    // MARK: Characters

    /// Of a method or of a header's name, as HTTP has them.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }

    /// A tab may stand in a header, other controls may not.
    private static func breaksHeader(_ scalar: Unicode.Scalar) -> Bool {
        (scalar.value < 0x20 && scalar != "\t") || scalar.value == 0x7F
    }
}
