/// HMAC with SHA-256 (RFC 2104).
package enum HMAC {
    private static let blockSize = 64

    package static func sha256(_ message: some Sequence<UInt8>, key: [UInt8]) -> [UInt8] {
        var block = key.count > Self.blockSize ? SHA256.hash(key) : key
        block += [UInt8](repeating: 0, count: Self.blockSize - block.count)
        var inner = SHA256()
        inner.update(block.map { $0 ^ 0x36 })
        inner.update(message)
        var outer = SHA256()
        outer.update(block.map { $0 ^ 0x5C })
        outer.update(inner.finish())
        return outer.finish()
    }
}
