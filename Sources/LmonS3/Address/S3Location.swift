/// What `s3://bucket/prefix` names.
package struct S3Location: Hashable, Sendable, CustomStringConvertible {
    package let bucket: String
    /// Of every key: empty, or it ends with a slash.
    package let prefix: String

    package struct Malformed: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// Reads `s3://bucket` or `s3://bucket/prefix`; a slash at the end makes no difference.
    package init(_ text: String) throws(Malformed) {
        guard text.hasPrefix("s3://") else { throw Malformed(description: "not s3://BUCKET/PREFIX") }
        let rest = text.dropFirst("s3://".count)
        let bucket = rest.prefix { $0 != "/" }
        guard !bucket.isEmpty else { throw Malformed(description: "no bucket; write s3://BUCKET/PREFIX") }
        guard Self.isBucket(bucket) else {
            throw Malformed(description: "\(bucket) is no bucket's name: 3 to 63 of a-z 0-9 . - are")
        }
        let parts = rest.dropFirst(bucket.count).split(separator: "/", omittingEmptySubsequences: true)
        guard rest.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), parts.allSatisfy({ $0 != "." && $0 != ".." }) else {
            throw Malformed(description: "the prefix holds control characters or dots alone")
        }
        self.bucket = String(bucket)
        let prefix = parts.map { "\($0)/" }.joined()
        // 1024 bytes are a key's most; ours takes less than the rest.
        guard prefix.utf8.count <= 512 else { throw Malformed(description: "the prefix is longer than 512 bytes") }
        self.prefix = prefix
    }

    package var description: String {
        "s3://\(self.bucket)/\(self.prefix.hasSuffix("/") ? String(self.prefix.dropLast()) : "")"
    }

    /// By S3's rules, old buckets with capitals and underscores included.
    private static func isBucket(_ name: Substring) -> Bool {
        let count = name.utf8.count
        guard (3...255).contains(count), let first = name.utf8.first, let last = name.utf8.last else { return false }
        return Self.isLetterOrDigit(first) && Self.isLetterOrDigit(last)
            && name.utf8.allSatisfy {
                Self.isLetterOrDigit($0) || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains($0)
            }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Whether the name can stand before a host's name under a certificate for `*.host`: lower case, no dots.
    var isHostLabel: Bool {
        self.bucket.utf8.count <= 63
            && self.bucket.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
            }
    }
}
