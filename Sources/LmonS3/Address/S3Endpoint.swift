/// A server that speaks S3: AWS's of a region, or one that is named by a URL.
package struct S3Endpoint: Hashable, Sendable, CustomStringConvertible {
    package let isSecure: Bool
    package let host: String
    package let port: Int
    /// What stands before the bucket: empty, or it begins with a slash and does not end with one.
    package let path: String

    package init(isSecure: Bool, host: String, port: Int, path: String = "") {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.path = path
    }

    /// AWS's own in a region.
    package init(region: String) {
        self.init(isSecure: true, host: "s3.\(region).\(Self.domain(of: region))", port: 443)
    }

    /// Reads an `http` or `https` URL without a user, query or fragment.
    package init?(_ text: String) {
        let isSecure: Bool
        let rest: Substring
        if text.hasPrefix("http://") {
            (isSecure, rest) = (false, text.dropFirst(7))
        } else if text.hasPrefix("https://") {
            (isSecure, rest) = (true, text.dropFirst(8))
        } else {
            return nil
        }
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !rest.contains(where: { "@?#\\".contains($0) }) else {
            return nil
        }
        var authority = rest.prefix { $0 != "/" }
        var path = rest[authority.endIndex...]
        while path.hasSuffix("/") { path = path.dropLast() }
        var port = isSecure ? 443 : 80
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterBracket...].lastIndex(of: ":") {
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else { return nil }
            port = Int(number)
            authority = authority[..<colon]
        }
        if authority.hasPrefix("["), authority.hasSuffix("]") { authority = authority.dropFirst().dropLast() }
        guard !authority.isEmpty else { return nil }
        self.init(isSecure: isSecure, host: String(authority), port: port, path: String(path))
    }

    /// As a `Host` header has it.
    func authority(of host: String) -> String {
        let bracketed = host.contains(":") ? "[\(host)]" : host
        return self.port == (self.isSecure ? 443 : 80) ? bracketed : "\(bracketed):\(self.port)"
    }

    package var description: String {
        "\(self.isSecure ? "https" : "http")://\(self.authority(of: self.host))\(self.path)"
    }

    /// Each of AWS's partitions has its own domain.
    private static func domain(of region: String) -> String {
        for (prefix, domain) in Self.partitions where region.hasPrefix(prefix) { return domain }
        return "amazonaws.com"
    }

    private static let partitions = [
        ("cn-", "amazonaws.com.cn"), ("us-isob-", "sc2s.sgov.gov"), ("us-isof-", "csp.hci.ic.gov"),
        ("us-iso-", "c2s.ic.gov"), ("eu-isoe-", "cloud.adc-e.uk"), ("eusc-", "amazonaws.eu"),
    ]
}
