import LmonS3
import LmonTestSupport
import Testing

/// Held against the standards' own vectors, and against another implementation.
@Suite struct DigestTests {
    /// FIPS 180-4's examples, and the first of NIST's short messages.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrst"
                + "nopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func hash(message: String, digest: String) {
        #expect(DigestText.hex(SHA256.hash(message.utf8)) == digest)
    }

    @Test(
        arguments: [
            ([0xD3], "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"),
            ([0x11, 0xAF], "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98"),
        ] as [([UInt8], String)]
    )
    func hashOfBytes(message: [UInt8], digest: String) {
        #expect(DigestText.hex(SHA256.hash(message)) == digest)
    }

    private static let longKey = [UInt8](repeating: 0xAA, count: 131)

    /// RFC 4231, but for the truncated one.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(1...25), [UInt8](repeating: 0xCD, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            Self.longKey, Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            Self.longKey,
            Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8
            ),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ])
    func code(key: [UInt8], message: [UInt8], digest: String) {
        #expect(DigestText.hex(HMAC.sha256(message, key: key)) == digest)
    }

    @Test func base64() {
        let texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map { DigestText.base64(Array($0.utf8)) }
        #expect(texts == ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"])
    }

    /// However the message is cut.
    @Test func piecesMakeTheSameDigest() {
        var random = SeededGenerator(seed: 7)
        for length in Array(0...130) + [1000, 4096] {
            let message = (0..<length).map { _ in UInt8(random.int(0..<256)) }
            var digest = SHA256()
            var rest = message[...]
            while !rest.isEmpty {
                let piece = rest.prefix(random.int(1..<90))
                digest.update(piece)
                rest = rest.dropFirst(piece.count)
            }
            #expect(digest.finish() == SHA256.hash(message), "\(length)")
        }
    }

    /// Python's, which is OpenSSL's.
    @Test func anotherImplementationAgrees() async throws {
        let python = try #require(Tool("python3"))
        var random = SeededGenerator(seed: 180)
        let pairs = (0..<300).map { index -> (key: [UInt8], message: [UInt8]) in
            let key = (0..<random.int(0..<150)).map { _ in UInt8(random.int(0..<256)) }
            return (key, (0..<(index < 200 ? index : random.int(0..<2000))).map { _ in UInt8(random.int(0..<256)) })
        }
        let folder = try TemporaryFolder()
        let lines = pairs.map { "\(DigestText.hex($0.key))-\(DigestText.hex($0.message))" }.joined(separator: "\n")
        try folder.write(lines.utf8, to: "pairs")
        let script = """
            import hashlib, hmac, sys
            for line in open(sys.argv[1]):
                key, message = (bytes.fromhex(part) for part in line.strip().split('-'))
                print(hashlib.sha256(message).hexdigest(), hmac.new(key, message, 'sha256').hexdigest())
            """
        let (output, status) = try await python.run(["-c", script, folder.path("pairs")])
        #expect(status == 0, "\(output)")
        let expected = output.split(separator: "\n")
        #expect(expected.count == pairs.count)
        for (pair, line) in zip(pairs, expected) {
            let own = [SHA256.hash(pair.message), HMAC.sha256(pair.message, key: pair.key)].map(DigestText.hex)
            #expect(own.joined(separator: " ") == line)
        }
    }
}
