package import LmonRecord

/// What S3 says when it does not do what was asked.
package struct S3Failure: Error, Hashable, Sendable, CustomStringConvertible {
    package let status: Int
    /// S3's own word for it, such as `SlowDown`; nil if the answer had none.
    package let code: String?
    package let message: String?
    /// Where the bucket lies, if the answer says so.
    package let region: String?
    /// What time it is there, if the answer says so.
    package let serverTime: Timestamp?

    /// From an answer: its status, the value of `x-amz-bucket-region`, its body.
    package init(status: Int, bucketRegion: String? = nil, body: [UInt8] = []) {
        var fields = Fields()
        // Proxies and load balancers answer with pages of their own; then the status is all there is.
        try? fields.read(body)
        self.status = status
        self.code = fields.code
        self.message = fields.message
        self.region = (bucketRegion ?? fields.region).flatMap { Self.isRegion($0) ? $0 : nil }
        self.serverTime = fields.serverTime.flatMap { Timestamp($0) }
    }

    package enum Kind: Hashable, Sendable {
        /// The bucket lies in another region.
        case redirected(region: String)
        /// The clock of whoever signed is off.
        case skewed
        /// The credentials were good once, or are no longer known: others may do.
        case expired
        /// They do not allow it, or the bucket does not.
        case denied
        case noBucket
        case noObject
        /// Too many requests, or the server has trouble of its own: the same again later.
        case busy
        case other
    }

    package var kind: Kind {
        switch self.code {
        case "SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "Throttling", "TooManyRequests",
            "OperationAborted":
            return .busy
        case "RequestTimeTooSkewed": return .skewed
        case "ExpiredToken", "InvalidToken", "InvalidAccessKeyId", "TokenRefreshRequired": return .expired
        case "NoSuchBucket": return .noBucket
        case "NoSuchKey": return .noObject
        case "AccessDenied", "AllAccessDisabled", "SignatureDoesNotMatch", "AccountProblem": return .denied
        default: break
        }
        if [301, 307, 308, 400].contains(self.status), let region { return .redirected(region: region) }
        switch self.status {
        case 429, 500...: return .busy
        case 401, 403: return .denied
        case 404: return .noObject
        default: return .other
        }
    }

    package var description: String {
        let words = [self.code, self.message].compactMap(\.self).joined(separator: ": ")
        return words.isEmpty ? "S3 answered \(self.status)" : "S3 answered \(self.status) \(words)"
    }

    /// It becomes part of a host's name.
    private static func isRegion(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
            }
    }

    private struct Fields {
        var code: String?
        var message: String?
        var region: String?
        var serverTime: String?

        mutating func read(_ body: [UInt8]) throws(XMLError) {
            var scanner = XMLScanner(body)
            guard case .start("Error")? = try scanner.next() else { return }
            try scanner.children { name, scanner throws(XMLError) in
                let text = try scanner.content()
                guard !text.isEmpty else { return }
                switch name {
                case "Code": self.code = Self.shortened(text, 80)
                case "Message": self.message = Self.shortened(text, 300)
                case "Region": self.region = text
                case "ServerTime": self.serverTime = text
                default: break
                }
            }
        }

        private static func shortened(_ text: String, _ count: Int) -> String {
            text.count > count ? "\(text.prefix(count))…" : text
        }
    }
}
