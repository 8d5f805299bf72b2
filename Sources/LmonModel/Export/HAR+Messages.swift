import LmonJSON

extension HAR {
    static func write(request call: Call, to writer: inout JSONWriter) {
        let url = HARAddress(call.url?.text)
        writer.member("method", call.method ?? "")
        writer.member("url", url.text)
        writer.member("_url", url.original)
        writer.member("httpVersion", self.version(call))
        writer.array("cookies") { self.write(cookies: self.values("cookie", call.requestHeaders), to: &$0) }
        self.write(headers: call.requestHeaders ?? [], to: &writer)
        writer.array("queryString") { list in
            for (name, value) in call.url?.parameters ?? [] { self.pair(name, value, to: &list) }
        }
        writer.member("headersSize", -1)
        writer.member("bodySize", call.requestSize ?? -1)
        guard let body = call.requestBody, let content = body.content else { return }
        writer.object("postData") { data in
            data.member("mimeType", self.values("content-type", call.requestHeaders).first ?? "")
            switch content {
            case .text(let text): data.member("text", text)
            case .base64(let text):
                data.member("text", Base64.isWhole(text) ? text : "")
                // HAR has no name for it here.
                data.member("_encoding", "base64")
            }
        }
    }

    static func write(response call: Call, to writer: inout JSONWriter) {
        // 0 is how browsers write that there was no answer.
        writer.member("status", call.status ?? 0)
        writer.member("statusText", "")
        writer.member("httpVersion", self.version(call))
        writer.array("cookies") { list in
            for value in self.values("set-cookie", call.responseHeaders) { self.write(setCookie: value, to: &list) }
        }
        let headers = call.responseHeaders ?? []
        self.write(headers: headers.filter { self.isReadable($0) }, to: &writer)
        writer.object("content") { self.write(content: call, to: &$0) }
        writer.member("redirectURL", self.values("location", headers).first ?? "")
        writer.member("headersSize", -1)
        writer.member("bodySize", call.responseSize ?? -1)
        if let error = call.error {
            writer.member("_error", error.code ?? error.message ?? error.phase ?? "error")
        }
        let hidden = headers.filter { !self.isReadable($0) }.map(\.value)
        // The body is written decoded, and readers encode it anew.
        if !hidden.isEmpty { writer.member("comment", "content-encoding: \(hidden.joined(separator: ", "))") }
    }

    private static func write(content call: Call, to writer: inout JSONWriter) {
        let body = call.responseBody
        // What was received, also where only its beginning was kept.
        let kept = body?.isTruncated == true ? nil : body?.text?.utf8.count
        writer.member("size", body?.decodedSize ?? kept ?? body?.size ?? -1)
        let type = self.values("content-type", call.responseHeaders).first ?? ""
        writer.member("mimeType", type)
        switch body?.content {
        case .text(let text) where self.isSureOfText(text, type): writer.member("text", text)
        case .text(let text):
            writer.member("text", Base64.encoded(text.utf8))
            writer.member("encoding", "base64")
        case .base64(let text) where Base64.isWhole(text):
            writer.member("text", text)
            writer.member("encoding", "base64")
        case .base64, nil: break
        }
    }

    /// Readers take text of another type for Latin-1, and would make other bytes of it.
    private static func isSureOfText(_ text: String, _ type: String) -> Bool {
        let type = type.lowercased()
        if type.contains("charset=") { return ["utf-8", "\"utf-8\""].contains { type.contains("charset=\($0)") } }
        return type.contains("json") || text.utf8.allSatisfy { $0 < 0x80 }
    }

    // MARK: Parts

    private static func version(_ call: Call) -> String { call.httpVersion.map { "HTTP/\($0)" } ?? "" }

    private static func values(_ name: String, _ headers: [Header]?) -> [String] {
        (headers ?? []).filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// Readers refuse a whole file for an encoding that they do not know.
    private static func isReadable(_ header: Header) -> Bool {
        header.name.lowercased() != "content-encoding"
            || ["gzip", "deflate", "br", "zstd", "identity"].contains(header.value)
    }

    private static func write(headers: [Header], to writer: inout JSONWriter) {
        writer.array("headers") { list in
            for header in headers { self.pair(header.name, header.value, to: &list) }
        }
    }

    private static func pair(_ name: String, _ value: String, to list: inout JSONWriter) {
        list.object { pair in
            pair.member("name", name)
            pair.member("value", value)
        }
    }

    private static func write(cookies: [String], to list: inout JSONWriter) {
        for cookie in cookies.flatMap({ $0.split(separator: ";") }) {
            let (name, value) = self.parts(cookie)
            if !name.isEmpty { self.pair(name, value, to: &list) }
        }
    }

    private static func write(setCookie text: String, to list: inout JSONWriter) {
        let parts = text.split(separator: ";").map { self.parts($0) }
        guard let first = parts.first, !first.name.isEmpty else { return }
        func attribute(_ name: String) -> String? { parts.dropFirst().first { $0.name.lowercased() == name }?.value }
        list.object { cookie in
            cookie.member("name", first.name)
            cookie.member("value", first.value)
            cookie.member("path", attribute("path"))
            cookie.member("domain", attribute("domain"))
            cookie.member("httpOnly", attribute("httponly") != nil)
            cookie.member("secure", attribute("secure") != nil)
        }
    }

    private static func parts(_ text: Substring) -> (name: String, value: String) {
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { half in
            String(half.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        return (halves[0], halves.count > 1 ? halves[1] : "")
    }
}

/// A URL as every reader takes it: absolute, in ASCII. One that cannot be so is named beside.
private struct HARAddress {
    /// `.invalid` is reserved for names that cannot be.
    private static let unknown = "http://unknown.invalid/"

    let text: String
    let original: String?

    init(_ url: String?) {
        guard let url else {
            self.text = Self.unknown
            self.original = nil
            return
        }
        let isKnown = ["http://", "https://", "ws://", "wss://"].contains { url.lowercased().hasPrefix($0) }
        let isWhole = isKnown && Self.isHost(URLText(url).host)
        self.text =
            isWhole ? PercentEncoding.escaped(url) { !$0.isASCII || $0.value < 0x20 || $0.value == 0x7F } : Self.unknown
        self.original = isWhole ? nil : url
    }

    private static func isHost(_ text: Substring) -> Bool {
        var host = text[...]
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            guard let port = Int(host[host.index(after: colon)...]), (1...65_535).contains(port) else { return false }
            host = host[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.utf8.dropFirst().dropLast().allSatisfy { "0123456789abcdefABCDEF:.".utf8.contains($0) }
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { (1...63).contains($0.utf8.count) } && host.utf8.count < 254
            && host.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "-._".utf8.contains(byte)
            }
    }
}
