import Foundation
import LmonArchive
import LmonProject
import Testing

@Suite struct LayerFoldersTests {
    /// A folder of files, removed with the test.
    private final class Scratch {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("lmon-test-\(UUID().uuidString)").path

        func write(_ name: String, _ text: String = "#!/bin/sh\n", isExecutable: Bool = true) throws {
            let file = URL(fileURLWithPath: "\(self.path)/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            let attributes: [FileAttributeKey: Any] = [.posixPermissions: isExecutable ? 0o755 : 0o644]
            #expect(
                FileManager.default.createFile(atPath: file.path, contents: Data(text.utf8), attributes: attributes)
            )
        }

        deinit { try? FileManager.default.removeItem(atPath: self.path) }
    }

    @Test func whatNamesFilesInOptFindsThemInTheLastLayerThatHasThem() throws {
        let scratch = Scratch()
        for name in ["a/lmon/x.cjs", "a/wrapper", "b/wrapper", "b/nodejs/node_modules/m/i.js", "a/python/p.py"] {
            try scratch.write(name)
        }
        let (a, b) = ("\(scratch.path)/a", "\(scratch.path)/b")
        let layers = try LayerFolders([a, b])
        let variables = layers.variables([
            "AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper",
            "NODE_OPTIONS": "--require /opt/lmon/x.cjs --import=/opt/gone.mjs",
            "OTHER": "/my/opt/wrapper", "PLAIN": "opt",
            "PYTHONPATH": "/var/mine",
        ])
        #expect(variables["AWS_LAMBDA_EXEC_WRAPPER"] == "\(b)/wrapper")
        #expect(variables["NODE_OPTIONS"] == "--require \(a)/lmon/x.cjs --import=/opt/gone.mjs")
        #expect(variables["OTHER"] == "/my/opt/wrapper")
        #expect(variables["NODE_PATH"] == "\(b)/nodejs/node_modules")
        #expect(variables["PYTHONPATH"] == "/var/mine:\(a)/python")
        #expect(LayerFolders.none.variables(["A": "/opt/wrapper"]) == ["A": "/opt/wrapper"])
    }

    @Test func extensionsAreTheFilesInTheirFolderByName() throws {
        let scratch = Scratch()
        for number in 0...10 { try scratch.write("a/extensions/e\(10 + number)") }
        try scratch.write("a/extensions/e05", isExecutable: false)
        try scratch.write("a/extensions/folder/inner")
        let extensions = try LayerFolders(["\(scratch.path)/a"]).extensions
        #expect(extensions.map(\.name) == ["e05"] + (10...20).map { "e\($0)" })
        #expect(extensions.map(\.launchError).first == "PermissionDenied")
        #expect(extensions.map(\.launchError).suffix(2) == ["TooManyExtensions", "TooManyExtensions"])
        #expect(extensions[1].launchError == nil && extensions[1].path == "\(scratch.path)/a/extensions/e10")
    }

    /// The system refuses them; behind bubblewrap that would look like a program that ended.
    @Test(arguments: [
        ("echo no shebang\n", "exec format error"), ("", "exec format error"),
        ("#!/nowhere/sh\n", "no such file or directory: /nowhere/sh"),
        ("#!", "no such file or directory: no interpreter"),
        ("#!/bin/sh -e\n", nil), ("\u{7F}ELF", nil), ("#! /bin/sh\n", nil), ("#!/opt/bin/own\n", nil),
    ])
    func whatNoSystemStartsHasALaunchError(text: String, reason: String?) throws {
        let scratch = Scratch()
        try scratch.write("a/extensions/e", text)
        let found = try #require(try LayerFolders(["\(scratch.path)/a"]).extensions.first)
        #expect(found.launchError == reason.map { _ in "UnknownError" })
        #expect(found.launchReason == reason.map { "fork/exec \(scratch.path)/a/extensions/e: \($0)" })
    }

    @Test func aZipIsUnpackedWithItsPermissionsUntilItIsRemoved() throws {
        let scratch = Scratch()
        try scratch.write("other")
        let zip = try ZipWriter.archive([
            ZipFile(name: "extensions/run", bytes: Array("#!/bin/sh\n".utf8), isExecutable: true),
            ZipFile(name: "extensions/data", bytes: [1, 2, 3]),
        ])
        let path = "\(scratch.path)/layer.zip"
        try Data(zip.bytes).write(to: URL(fileURLWithPath: path))
        let layers = try LayerFolders([path])
        let extensions = layers.extensions
        #expect(extensions.map(\.name) == ["data", "run"])
        #expect(extensions.map(\.launchError) == ["PermissionDenied", nil])
        #expect(FileManager.default.contents(atPath: extensions[0].path) == Data([1, 2, 3]))
        layers.remove()
        #expect(!FileManager.default.fileExists(atPath: extensions[1].path))
        // A folder is the user's own.
        let folder = try LayerFolders([scratch.path])
        folder.remove()
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func whatIsNoLayerIsNamed() throws {
        let scratch = Scratch()
        try scratch.write("text")
        for (path, words) in [
            ("\(scratch.path)/gone", "there is no such folder or zip"), ("\(scratch.path)/text", "not a zip file"),
        ] {
            let failure = #expect(throws: LayerFolders.Failure.self) { try LayerFolders([path]) }
            #expect(failure?.description.hasPrefix("\(path): ") == true)
            #expect(failure?.description.contains(words) == true)
        }
    }
}
