import LmonArchive
import LmonTestSupport
import Testing

/// Archives made to do harm, and archives that harm came to.
@Suite struct HostileZipTests {
    typealias Entry = HandmadeZip.Entry

    @Test(arguments: [
        ("/etc/passwd", ArchiveError.BadName.absolute), ("../../etc/passwd", .parent), ("a/../b", .parent),
        ("a/..", .parent), ("./a", .component), ("a//b", .component), (#"..\a"#, .backslash), ("a\u{0}b", .control),
        ("a\u{1B}[2J", .control), ("/", .empty), (String(repeating: "x", count: 1025), .long),
        (Array(repeating: "a", count: 65).joined(separator: "/"), .deep),
    ])
    func namesThatLeadElsewhereAreRefused(name: String, flaw: ArchiveError.BadName) {
        #expect(throws: ArchiveError(.badName(flaw), entry: name)) { try ZipArchive(HandmadeZip(Entry(name)).bytes) }
    }

    @Test func aNameOfNoTextIsRefused() {
        let entry = Entry("").with { $0.name = [0x66, 0xFF] }
        #expect(throws: ArchiveError(.badName(.encoding), entry: "f\u{FFFD}")) {
            try ZipArchive(HandmadeZip(entry).bytes)
        }
        #expect(throws: ArchiveError(.badName(.empty), entry: "?")) { try ZipArchive(HandmadeZip(Entry("")).bytes) }
    }

    @Test(arguments: [
        (HandmadeZip(Entry("a"), Entry("a")), ArchiveError(.duplicate, entry: "a")),
        (HandmadeZip(Entry("a"), Entry("a/")), ArchiveError(.duplicate, entry: "a")),
        (HandmadeZip(Entry("a"), Entry("a/b")), ArchiveError(.underAFile("a"), entry: "a/b")),
        // The classic: a link first, then a file through it.
        (
            HandmadeZip(Entry("a", "/etc").with { $0.mode = 0o120777 }, Entry("a/b/c", "x")),
            ArchiveError(.underAFile("a"), entry: "a/b/c")
        ),
        (HandmadeZip(Entry("a").with { $0.flags = 1 }), ArchiveError(.encrypted, entry: "a")),
        (HandmadeZip(Entry("a").with { $0.localFlags = 1 }), ArchiveError(.headersDiffer, entry: "a")),
        (HandmadeZip(Entry("a").with { $0.method = 99 }), ArchiveError(.unknownMethod(99), entry: "a")),
        (HandmadeZip(Entry("a", "x").with { $0.size = 2 }), ArchiveError(.wrongSize, entry: "a")),
        (HandmadeZip(Entry("a/", "x")), ArchiveError(.wrongSize, entry: "a")),
        (HandmadeZip(Entry("a", "x").with { $0.size = 0xFFFF_FFFF }), ArchiveError(.zip64, entry: "a")),
        (HandmadeZip(Entry("a").with { $0.disk = 1 }), ArchiveError(.split, entry: "a")),
        (HandmadeZip(Entry("a").with { $0.localName = Array("b".utf8) }), ArchiveError(.headersDiffer, entry: "a")),
        (HandmadeZip(Entry("a", "x").with { $0.localSize = 9 }), ArchiveError(.headersDiffer, entry: "a")),
        (HandmadeZip(Entry("a").with { $0.offset = 9_999 }), ArchiveError(.headersDiffer, entry: "a")),
        (
            HandmadeZip(
                Entry("a", "x").with {
                    $0.size = 500
                    $0.packedSize = 500
                }
            ),
            ArchiveError(.truncated, entry: "a")
        ),
        (HandmadeZip(Entry("a")).with { $0.disk = 1 }, ArchiveError(.split)),
        (
            HandmadeZip(Entry("a")).with { $0.prefix = [1] }.with { $0.offsetSaid = 0 },
            ArchiveError(.misplacedDirectory)
        ),
        (HandmadeZip(Entry("a")).with { $0.countSaid = 2 }, ArchiveError(.misplacedDirectory)),
        (HandmadeZip(Entry("a"), Entry("b")).with { $0.countSaid = 1 }, ArchiveError(.misplacedDirectory)),
        (HandmadeZip(Entry("a")).with { $0.countSaid = 0xFFFF }, ArchiveError(.zip64)),
        (
            HandmadeZip(Entry("a")).with { $0.beforeEnd = [0x50, 0x4B, 6, 7] + Array(repeating: 0, count: 16) },
            ArchiveError(.zip64)
        ),
    ])
    func whatIsWrongIsNamed(zip: HandmadeZip, error: ArchiveError) {
        #expect(throws: error) { try ZipArchive(zip.bytes) }
    }

    /// Many names for the same bytes: how a small archive unpacks to more than any disk holds.
    @Test func bytesThatSeveralEntriesClaimAreRefused() {
        let inner = HandmadeZip(Entry("b", "text"))
        // The bytes of `a` are a whole header and file, which `b` names as its own.
        let local = Array(inner.bytes.prefix(30 + 1 + 4))
        let outer = Entry("a").with { $0.data = local }
        let b = Entry("b", "text").with { $0.offset = 31 }
        #expect(throws: ArchiveError(.overlaps("a"), entry: "b")) { try ZipArchive(HandmadeZip(outer, b).bytes) }
    }

    @Test func aBombIsRefusedBeforeItIsUnpacked() throws {
        let zeros = [ZipFile(name: "zeros", bytes: Array(repeating: 0, count: 20 << 20))]
        let bomb = try ZipWriter.archive(zeros).bytes
        #expect(throws: ArchiveError(.inflatesTooMuch(ratio: 200))) { try ZipArchive(bomb) }
        var limits = ZipLimits.layer
        limits.contents = 10 << 20
        #expect(throws: ArchiveError(.contentsTooLarge(limit: 10 << 20))) { try ZipArchive(bomb, limits: limits) }
        limits.archive = 1_000
        #expect(throws: ArchiveError(.archiveTooLarge(limit: 1_000))) { try ZipArchive(bomb, limits: limits) }
        limits = .layer
        limits.entries = 1
        #expect(throws: ArchiveError(.tooManyEntries(limit: 1))) {
            try ZipArchive(HandmadeZip(Entry("a"), Entry("b")).bytes, limits: limits)
        }
    }

    /// The directory lies about the size: no more than it says is made.
    @Test func whatUnpacksToAnotherSizeIsRefused() throws {
        var deflater = try Deflater(.raw)
        let packed = try deflater.write(Array(repeating: UInt8(7), count: 1 << 20)) + deflater.finish()
        for size in [1_000, 2 << 20] {
            let entry = Entry("a").with {
                $0.data = packed
                $0.method = 8
                $0.size = size
            }
            let archive = try ZipArchive(HandmadeZip(entry).bytes)
            #expect(throws: ArchiveError(.wrongSize, entry: "a")) { try archive.contents(of: archive.entries[0]) }
        }
        let wrong = try ZipArchive(HandmadeZip(Entry("a", "text").with { $0.checksum = 1 }).bytes)
        #expect(throws: ArchiveError(.wrongChecksum, entry: "a")) { try wrong.contents(of: wrong.entries[0]) }
    }

    @Test func noBytesAndOtherFilesAreRefused() {
        #expect(throws: ArchiveError(.emptyFile)) { try ZipArchive([]) }
        for text in ["P", "PK", "#!/bin/sh\n", String(repeating: "PK\u{5}\u{6}", count: 100)] {
            #expect(throws: ArchiveError(.notAZip)) { try ZipArchive(Array(text.utf8)) }
        }
    }

    @Test func everyPrefixIsRefused() throws {
        let bytes = try Self.sample()
        for count in 1..<bytes.count {
            #expect(throws: ArchiveError.self) { try ZipArchive(Array(bytes.prefix(count))) }
        }
    }

    /// Garbage is an error or reads as something; it never traps, and never gives more than the limits allow.
    @Test(arguments: 1...20) func garbageIsSurvived(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let sample = try Self.sample()
        var limits = ZipLimits.layer
        limits.contents = 1 << 20
        for _ in 0..<300 {
            var bytes = sample
            for _ in 0..<random.int(1..<6) {
                let index = random.int(0..<bytes.count)
                switch random.int(0..<4) {
                case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[index] = random.pick([0, 0xFF, 0x80])
                case 2: bytes.remove(at: index)
                default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
                }
            }
            guard let archive = try? ZipArchive(bytes, limits: limits) else { continue }
            for entry in archive.entries {
                #expect(!entry.name.split(separator: "/").contains(".."))
                let contents = (try? archive.contents(of: entry)) ?? []
                #expect(contents.isEmpty || contents.count == entry.size)
            }
        }
    }

    private static func sample() throws -> [UInt8] {
        try ZipWriter.archive([
            ZipFile(name: "extensions/agent", bytes: Array("#!/bin/sh\nexec x\n".utf8), isExecutable: true),
            ZipFile(name: "lmon/text", bytes: Array(repeating: UInt8(ascii: "t"), count: 500)),
            ZipFile(name: "lmon/empty", bytes: []),
        ])
        .bytes
    }
}
