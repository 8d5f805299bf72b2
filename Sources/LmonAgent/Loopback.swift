/// Which names and addresses mean this machine, whoever resolves them.
enum Loopback {
    /// `localhost`, `::1` or an address in 127.0.0.0/8. A name such as `127.0.0.1.example.org` is none.
    static func isAddress(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || Self.isIPv4(host)
    }

    /// A `Host` field that a page in a browser cannot have made point here (DNS rebinding): loopback, or a name that the
    /// sandbox has for it. Clients of HTTP/1.0 send none.
    static func isLocal(host: String?) -> Bool {
        guard let host = host?.lowercased() else { return true }
        if host.hasPrefix("[::1]") { return Self.isPort(host.dropFirst(5)) }
        let name = host.prefix { $0 != ":" }
        guard Self.isPort(host.dropFirst(name.count)) else { return false }
        return name == "sandbox" || name == "sandbox.localdomain" || Self.isAddress(String(name))
    }

    /// Browsers name the page that sends; nothing else does.
    static func isLocal(origin: String?) -> Bool {
        guard let origin else { return true }
        for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
            return Self.isLocal(host: String(origin.dropFirst(scheme.count)))
        }
        return false
    }

    private static func isIPv4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in
                part.utf8.count <= 3 && part.utf8.allSatisfy { (48...57).contains($0) } && UInt8(part) != nil
            }
    }

    private static func isPort(_ rest: Substring) -> Bool {
        rest.isEmpty || (rest.first == ":" && rest.dropFirst().utf8.allSatisfy { (48...57).contains($0) })
    }
}
