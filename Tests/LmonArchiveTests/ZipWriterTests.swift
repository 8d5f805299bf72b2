import Foundation
import LmonArchive
import LmonTestSupport
import Testing

@Suite struct ZipWriterTests {
    private static let files = [
        ZipFile(name: "lmon/interceptor.cjs", bytes: Array("'use strict';\n".utf8)),
        ZipFile(name: "extensions/lmon-agent", bytes: Array("#!/bin/sh\n".utf8), isExecutable: true),
        ZipFile(name: "lmon/empty", bytes: []),
        ZipFile(name: "lmon/python/grüße ☃.py", bytes: Array(repeating: UInt8(ascii: "x"), count: 100_000)),
        ZipFile(name: "lmon/random", bytes: Self.random(300_000)),
    ]

    private static func random(_ count: Int) -> [UInt8] {
        var random = SeededGenerator(seed: 1)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    @Test func theBytesDependOnTheFilesAlone() throws {
        let first = try ZipWriter.archive(Self.files).bytes
        #expect(try ZipWriter.archive(Self.files.reversed()).bytes == first)
    }

    /// What zlib has no say in, byte for byte.
    @Test func anEmptyFileIsWrittenAsTheFormatSays() throws {
        let bytes = try ZipWriter.archive([ZipFile(name: "a", bytes: [], isExecutable: true)]).bytes
        let common = "14000000000000002100" + "000000000000000000000000" + "01000000"
        let local = "504b0304" + common + "61"
        let central = "504b01021403" + common + "000000000000" + "0000ed81" + "00000000" + "61"
        let end = "504b0506" + "00000000" + "01000100" + "2f000000" + "1f000000" + "0000"
        #expect(bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == local + central + end)
    }

    @Test func weReadWhatWeWrite() throws {
        let written = try ZipWriter.archive(Self.files)
        let archive = try ZipArchive(written.bytes)
        #expect(
            archive.entries.map(\.name) == [
                "extensions/lmon-agent", "lmon/empty", "lmon/interceptor.cjs", "lmon/python/grüße ☃.py", "lmon/random",
            ]
        )
        for file in Self.files {
            let entry = try #require(archive.entry(named: file.name))
            #expect(entry.isExecutable == file.isExecutable)
            #expect(entry.permissions == (file.isExecutable ? 0o755 : 0o644))
            #expect(try archive.contents(of: entry) == file.bytes)
        }
        #expect(written.packedSizes.map(\.packed) == archive.entries.map(\.packedSize))
        // Random bytes are stored: deflated they would be larger.
        #expect(archive.entry(named: "lmon/random")?.packedSize == 300_000)
    }

    @Test(arguments: [
        (["a", "a"], ArchiveError(.duplicate, entry: "a")),
        (["a", "a/b"], ArchiveError(.underAFile("a"), entry: "a/b")),
        (["../a"], ArchiveError(.badName(.parent), entry: "../a")),
        (["/a"], ArchiveError(.badName(.absolute), entry: "/a")),
        (["a//b"], ArchiveError(.badName(.component), entry: "a//b")),
        ([""], ArchiveError(.badName(.empty), entry: "")),
    ])
    func whatNobodyCouldUnpackIsNotWritten(names: [String], error: ArchiveError) {
        #expect(throws: error) { try ZipWriter.archive(names.map { ZipFile(name: $0, bytes: []) }) }
    }

    @Test(.enabled(if: Tool("python3") != nil, "python3 is not installed"))
    func pythonReadsIt() async throws {
        let python = try #require(Tool("python3"))
        let folder = try TemporaryFolder()
        try folder.write(try ZipWriter.archive(Self.files).bytes, to: "layer.zip")
        let script = """
            import hashlib, zipfile
            archive = zipfile.ZipFile('layer.zip')
            assert archive.testzip() is None
            for info in archive.infolist():
                print(info.filename, oct(info.external_attr >> 16), info.date_time == (1980, 1, 1, 0, 0, 0),
                      info.create_system, len(info.extra), info.file_size, len(archive.read(info)))
            """
        let run = try await python.run(["-c", script], in: folder.url, environment: ["PYTHONUTF8": "1"])
        #expect(
            run.output == """
                extensions/lmon-agent 0o100755 True 3 0 10 10
                lmon/empty 0o100644 True 3 0 0 0
                lmon/interceptor.cjs 0o100644 True 3 0 14 14
                lmon/python/grüße ☃.py 0o100644 True 3 0 100000 100000
                lmon/random 0o100644 True 3 0 300000 300000

                """
        )
    }

    @Test(.enabled(if: Tool("unzip") != nil, "unzip is not installed"))
    func unzipUnpacksIt() async throws {
        let unzip = try #require(Tool("unzip"))
        let folder = try TemporaryFolder()
        try folder.write(try ZipWriter.archive(Self.files).bytes, to: "layer.zip")
        var environment = ProcessInfo.processInfo.environment
        environment["LC_ALL"] = "C.UTF-8"
        let run = try await unzip.run(["-q", "layer.zip"], in: folder.url, environment: environment)
        #expect(run.status == 0, "\(run.output)")
        for file in Self.files {
            #expect(try folder.read(file.name) == file.bytes)
            #expect(FileManager.default.isExecutableFile(atPath: folder.path(file.name)) == file.isExecutable)
        }
    }
}
