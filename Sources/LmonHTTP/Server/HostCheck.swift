/// Keeps pages in a browser away from a listener on loopback: a name that someone else's DNS points to 127.0.0.1 (DNS
/// rebinding), and requests that a page of another origin makes.
///
/// A request without `Host` or `Origin` is none of a browser's, and passes.
package struct HostCheck: Sendable {
    package enum Refusal: Hashable, Sendable, CustomStringConvertible {
        case host(String)
        case origin(String)

        package var description: String {
            switch self {
            case .host(let host): "This port does not answer for the host \(host)."
            case .origin(let origin): "Requests of the origin \(origin) are refused."
            }
        }
    }

    private static let localNames = ["localhost", "sandbox", "sandbox.localdomain", "::1"]
    private let names: [String]

    /// - Parameter names: further hosts that the listener answers for: names, or addresses without a port.
    package init(names: [String] = []) {
        self.names = Self.localNames + names.map { $0.lowercased() }
    }

    /// Why the request must not be served; nil if it may. Several `Host` fields are one too many.
    package func refusal(of head: HTTPRequestHead) -> Refusal? {
        for host in head.headers.values("Host") where !self.isOwn(authority: host) { return .host(host) }
        for origin in head.headers.values("Origin") where !self.isOwn(origin: origin) { return .origin(origin) }
        return nil
    }

    /// `host`, `host:port`, `[address]` or `[address]:port`.
    package func isOwn(authority: String) -> Bool {
        let bytes = authority.utf8
        var host = authority[...]
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.lastIndex(of: UInt8(ascii: "]")) else { return false }
            guard Self.isPort(authority[authority.index(after: end)...]) else { return false }
            host = authority[authority.index(after: authority.startIndex)..<end]
        } else if let colon = bytes.lastIndex(of: UInt8(ascii: ":")) {
            guard Self.isPort(authority[colon...]) else { return false }
            host = authority[..<colon]
        }
        if host.utf8.last == UInt8(ascii: ".") { host = host.dropLast() }
        return Self.isLoopback(String(host)) || self.names.contains(host.lowercased())
    }

    /// `scheme://authority`, as browsers write it; `null` is a page without an origin of its own.
    package func isOwn(origin: String) -> Bool {
        for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
            return self.isOwn(authority: String(origin.dropFirst(scheme.count)))
        }
        return false
    }

    /// Nothing, or a colon and digits.
    private static func isPort(_ text: Substring) -> Bool {
        guard let first = text.first else { return true }
        return first == ":" && text.dropFirst().utf8.allSatisfy { (48...57).contains($0) }
    }

    /// Whether a name or address means this machine, whoever resolves it: `localhost`, `::1`, `127.` and three numbers.
    /// `127.0.0.1.example` is a name like any other.
    package static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in part.utf8.allSatisfy { (48...57).contains($0) } && UInt8(part) != nil }
    }
}
