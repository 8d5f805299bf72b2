import Foundation
import LmonInterceptors
import LmonTestSupport
import Testing

/// A Python and how to run fixtures with it.
struct Python: Sendable, CustomTestStringConvertible {
    let path: String

    var testDescription: String { self.path }

    /// `LMON_PYTHONS`, separated by colons, else the one on the PATH; none if there is none.
    static let all: [Python] = {
        if let listed = ProcessInfo.processInfo.environment["LMON_PYTHONS"], !listed.isEmpty {
            return listed.split(separator: ":").map { Python(path: String($0)) }
        }
        return Tool("python3").map { [Python(path: $0.path)] } ?? []
    }()

    private static let fixtures = Node.fixtures.appending(path: "python")

    func has(_ module: String) async throws -> Bool {
        let source = "import importlib.util, sys; sys.exit(importlib.util.find_spec('\(module)') is None)"
        return try await Tool(path: self.path).run(["-c", source]).status == 0
    }

    /// Runs a fixture to its end; its output, and its status.
    func run(_ fixture: String, _ arguments: [String]) async throws -> (output: String, status: Int32) {
        let program = Self.fixtures.appending(path: fixture).path
        return try await Tool(path: self.path).run(["-B", program] + arguments)
    }
}

/// The Python interceptor, the runtime client and the layer's wrapper, as an emulator and a layer would write them.
struct InstalledPython: ~Copyable {
    let folder: URL

    init() throws {
        // A blank and a quote in the path are nobody's harm.
        self.folder = FileManager.default.temporaryDirectory.appending(path: "lmon py\"\(UUID().uuidString)")
        for (name, bytes) in InterceptorFiles.python {
            let file = self.folder.appending(path: name)
            let parent = file.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
        for (path, bytes) in InterceptorFiles.layer where path == InterceptorFiles.wrapper {
            try Data(bytes).write(to: URL(filePath: self.wrapper))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: self.wrapper)
        }
    }

    var path: String { self.folder.appending(path: InterceptorFiles.pythonFolder).path }

    var wrapper: String { self.folder.appending(path: "exec-wrapper").path }

    deinit { try? FileManager.default.removeItem(at: self.folder) }
}
