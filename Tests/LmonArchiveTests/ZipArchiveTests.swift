import Foundation
import LmonArchive
import LmonTestSupport
import Testing

/// What others wrote.
@Suite struct ZipArchiveTests {
    @Test func anEmptyArchiveHasNoEntries() throws {
        #expect(try ZipArchive(HandmadeZip().bytes).entries == [])
    }

    @Test func aCommentMayFollowTheDirectory() throws {
        let zip = HandmadeZip(.init("a", "text")).with { $0.comment = Array("PK\u{5}\u{6} is no second end".utf8) }
        let archive = try ZipArchive(zip.bytes)
        #expect(try archive.contents(of: try #require(archive.entry(named: "a"))) == Array("text".utf8))
    }

    @Test func kindsAndPermissions() throws {
        let zip = HandmadeZip(
            .init("folder/").with { $0.mode = 0o040755 },
            .init("folder/file", "x").with { $0.mode = 0o104751 },
            .init("link", "folder/file").with { $0.mode = 0o120777 },
            .init("pipe").with { $0.mode = 0o010644 },
            .init("dos", "x").with { $0.madeBy = 20 },
            .init("dosfolder/").with { $0.madeBy = 20 }
        )
        let archive = try ZipArchive(zip.bytes)
        #expect(archive.entries.map(\.kind) == [.folder, .file, .link, .special, .file, .folder])
        // Neither set-user-id nor anything else beyond the nine bits.
        #expect(archive.entries.map(\.permissions) == [0o755, 0o751, 0o777, 0o644, 0o644, 0o755])
        #expect(archive.entries.map(\.name) == ["folder", "folder/file", "link", "pipe", "dos", "dosfolder"])
        #expect(throws: ArchiveError(.link, entry: "link")) { try archive.contents(of: archive.entries[2]) }
        #expect(throws: ArchiveError(.special, entry: "pipe")) { try archive.contents(of: archive.entries[3]) }
        #expect(try archive.contents(of: archive.entries[0]) == [])
    }

    /// Where an archive is written to a pipe, sizes follow the bytes.
    @Test func sizesMayFollowTheBytes() throws {
        let entry = HandmadeZip.Entry("a", "text").with {
            $0.flags = 8
            $0.localSize = 0
        }
        let archive = try ZipArchive(HandmadeZip(entry).bytes)
        #expect(try archive.contents(of: archive.entries[0]) == Array("text".utf8))
    }

    @Test(.enabled(if: Tool("python3") != nil, "python3 is not installed"))
    func weReadWhatPythonWrites() async throws {
        let python = try #require(Tool("python3"))
        let folder = try TemporaryFolder()
        let script = """
            import sys, zipfile
            class Pipe:
                def __init__(self, file): self.file = file
                def write(self, data): return self.file.write(data)
                def flush(self): self.file.flush()
            def fill(archive):
                archive.writestr('stored.txt', b'stored', zipfile.ZIP_STORED)
                archive.writestr('deflated.txt', b'deflated ' * 10000, zipfile.ZIP_DEFLATED)
                archive.writestr('folder/', b'')
                archive.writestr('folder/\\u00fc.txt', b'')
                archive.comment = b'made by python'
            with zipfile.ZipFile('seekable.zip', 'w') as archive: fill(archive)
            with open('piped.zip', 'wb') as file, zipfile.ZipFile(Pipe(file), 'w') as archive: fill(archive)
            with zipfile.ZipFile('big.zip', 'w') as archive:
                with archive.open('a', 'w', force_zip64=True) as entry: entry.write(b'x')
            with zipfile.ZipFile('bzip2.zip', 'w') as archive: archive.writestr('a', b'x', zipfile.ZIP_BZIP2)
            """
        let run = try await python.run(["-c", script], in: folder.url)
        #expect(run.status == 0, "\(run.output)")
        for name in ["seekable.zip", "piped.zip"] {
            let archive = try ZipArchive(try folder.read(name))
            #expect(archive.entries.map(\.name) == ["stored.txt", "deflated.txt", "folder", "folder/ü.txt"], "\(name)")
            #expect(try archive.contents(of: archive.entries[0]) == Array("stored".utf8))
            let deflated = Array(repeating: Array("deflated ".utf8), count: 10_000).flatMap { $0 }
            #expect(try archive.contents(of: archive.entries[1]) == deflated)
        }
        #expect(throws: ArchiveError.self) { try ZipArchive(try folder.read("big.zip")) }
        #expect(throws: ArchiveError(.unknownMethod(12), entry: "a")) { try ZipArchive(try folder.read("bzip2.zip")) }
    }

    @Test(.enabled(if: Tool("zip") != nil, "zip is not installed"))
    func weReadWhatZipWritesAndRefuseItsLinksAndPasswords() async throws {
        let zip = try #require(Tool("zip"))
        let folder = try TemporaryFolder()
        try folder.write("text".utf8, to: "file")
        try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "/etc/passwd")
        for arguments in [
            ["-q", "--symlinks", "links.zip", "file", "link"], ["-q", "-P", "secret", "locked.zip", "file"],
        ] {
            let run = try await zip.run(arguments, in: folder.url)
            #expect(run.status == 0, "\(run.output)")
        }
        let archive = try ZipArchive(try folder.read("links.zip"))
        #expect(archive.entries.map(\.kind) == [.file, .link])
        #expect(try archive.contents(of: archive.entries[0]) == Array("text".utf8))
        #expect(throws: ArchiveError(.encrypted, entry: "file")) { try ZipArchive(try folder.read("locked.zip")) }
    }
}
