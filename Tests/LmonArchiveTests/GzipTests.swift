import Foundation
import LmonArchive
import LmonTestSupport
import Testing

@Suite struct GzipTests {
    @Test(arguments: [0, 1, 100, 65_535, 65_536, 65_537, 1_000_000])
    func whatIsDeflatedInflatesToTheSame(count: Int) throws {
        var random = SeededGenerator(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.int(0..<20)) }
        let packed = try Gzip.compressed(bytes)
        #expect(try Gzip.decompressed(packed, limit: count) == bytes)
        #expect(try Gzip.compressed(bytes) == packed)
    }

    @Test(arguments: [DeflateFormat.raw, .zlib, .gzip])
    func aStreamComesInPiecesOfAnySize(format: DeflateFormat) throws {
        var random = SeededGenerator(seed: 7)
        let bytes = (0..<200_000).map { _ in UInt8(truncatingIfNeeded: random.int(0..<7)) }
        var deflater = try Deflater(format)
        var packed: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(random.int(1..<9_000))
            packed += try deflater.write(piece)
            rest = rest.dropFirst(piece.count)
        }
        packed += try deflater.finish()
        var inflater = try Inflater(format, limit: bytes.count)
        var result: [UInt8] = []
        rest = packed[...]
        while !rest.isEmpty {
            let hasEnded = inflater.hasEnded
            #expect(!hasEnded)
            let piece = rest.prefix(random.int(1..<300))
            result += try inflater.write(piece)
            rest = rest.dropFirst(piece.count)
        }
        try inflater.finish()
        #expect(result == bytes)
    }

    @Test func aDeflaterIsReadyForTheNextStream() throws {
        var deflater = try Deflater(.gzip)
        let first = try deflater.write("one".utf8) + deflater.finish()
        let second = try deflater.write("one".utf8) + deflater.finish()
        #expect(first == second)
        // Two streams in a row are one body.
        #expect(try Gzip.decompressed(first + second, limit: 6) == Array("oneone".utf8))
    }

    @Test func oneByteMoreThanTheLimitIsTooMuch() throws {
        let packed = try Gzip.compressed(Array(repeating: 0, count: 10_000_000))
        #expect(packed.count < 20_000)
        #expect(throws: ArchiveError(.tooLarge(limit: 9_999_999))) {
            try Gzip.decompressed(packed, limit: 9_999_999)
        }
    }

    @Test func whatIsCutDamagedOrFollowedIsRefused() throws {
        let packed = try Gzip.compressed(Array("some text, some more text".utf8))
        for count in 0..<packed.count {
            #expect(throws: ArchiveError(.truncated)) { try Gzip.decompressed(packed.prefix(count), limit: 100) }
        }
        #expect(throws: ArchiveError(.trailingBytes)) { try Gzip.decompressed(packed + [0], limit: 100) }
        var wrong = packed
        wrong[wrong.count - 5] ^= 1
        #expect(throws: ArchiveError(.damaged)) { try Gzip.decompressed(wrong, limit: 100) }
        #expect(throws: ArchiveError(.damaged)) { try Gzip.decompressed(Array("no gzip".utf8), limit: 100) }
        var raw = try Deflater(.raw)
        let end = try raw.write([1, 2]) + raw.finish()
        #expect(throws: ArchiveError(.trailingBytes)) { try Gzip.decompressed(end + [3], format: .raw, limit: 9) }
    }

    @Test(.enabled(if: Tool("python3") != nil, "python3 is not installed"))
    func pythonReadsItAndWeReadPythons() async throws {
        let python = try #require(Tool("python3"))
        let folder = try TemporaryFolder()
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 7) }
        try folder.write(try Gzip.compressed(bytes), to: "ours.gz")
        let script = """
            import gzip, sys
            body = gzip.open('ours.gz').read()
            open('theirs.gz', 'wb').write(gzip.compress(body[:50000]) + gzip.compress(body[50000:]))
            """
        let run = try await python.run(["-c", script], in: folder.url)
        #expect(run.status == 0, "\(run.output)")
        #expect(try Gzip.decompressed(try folder.read("theirs.gz"), limit: bytes.count) == bytes)
    }
}
