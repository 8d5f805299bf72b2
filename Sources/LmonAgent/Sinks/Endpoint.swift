import LmonHTTP

/// Where something is sent: an `http` or `https` URL without a user.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package let isSecure: Bool
    package let host: String
    package let port: Int
    /// Path and query, as written; at least `/`.
    package let target: String

    package init?(_ text: String) {
        let rest: Substring
        if text.hasPrefix("http://") {
            (self.isSecure, rest) = (false, text.dropFirst(7))
        } else if text.hasPrefix("https://") {
            (self.isSecure, rest) = (true, text.dropFirst(8))
        } else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest[authority.endIndex...].prefix { $0 != "#" }
        self.target = path.hasPrefix("/") ? String(path) : "/\(path)"
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), !authority.contains("@") else { return nil }
        var host = authority
        var port = self.isSecure ? 443 : 80
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterBracket...].lastIndex(of: ":") {
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else { return nil }
            port = Int(number)
            host = authority[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self.host = String(host)
        self.port = port
    }

    package var isLoopback: Bool { HostCheck.isLoopback(self.host) }

    /// The path of something below this one.
    func below(_ path: String) -> String {
        let base = self.target.prefix { $0 != "?" }
        return (base.hasSuffix("/") ? String(base.dropLast()) : String(base)) + path
    }

    package var description: String {
        let host = self.host.contains(":") ? "[\(self.host)]" : self.host
        return "\(self.isSecure ? "https" : "http")://\(host):\(self.port)"
    }
}
