import ArgumentParser

struct HostPort: Hashable, Sendable, ExpressibleByArgument, CustomStringConvertible {
    let host: String
    let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `host:port`, `[::1]:port`, `:port` or `port`; the host is loopback if it is left out.
    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard let last = parts.last, let port = Int(last), (0...65535).contains(port) else { return nil }
        let host = parts.dropLast().joined(separator: ":")
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        guard bare == host ? !host.contains(":") : true else { return nil }
        self.init(host: bare.isEmpty ? "127.0.0.1" : bare, port: port)
    }

    var description: String { self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)" }

    var isLoopback: Bool {
        self.host == "localhost" || self.host == "::1" || self.host.hasPrefix("127.")
    }

    static let tee = HostPort(host: "127.0.0.1", port: 4244)
}
