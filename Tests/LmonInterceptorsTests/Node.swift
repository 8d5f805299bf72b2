import Foundation
import LmonInterceptors
import LmonTestSupport
import Testing

/// A Node binary and how to run fixtures with it.
struct Node: Sendable, CustomTestStringConvertible {
    let path: String

    var testDescription: String { self.path }

    /// `LMON_NODES`, separated by colons, else the one on the PATH; none if there is none.
    static let all: [Node] = {
        let environment = ProcessInfo.processInfo.environment
        if let listed = environment["LMON_NODES"], !listed.isEmpty {
            return listed.split(separator: ":").map { Node(path: String($0)) }
        }
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        let found = folders.map { "\($0)/node" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        return found.map { [Node(path: $0)] } ?? []
    }()

    static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    /// The interceptor's own files, which run unbundled too.
    static let sources = fixtures.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/LmonInterceptors/Node")

    static func source(_ name: String) -> String { self.sources.appending(path: name).path }

    /// Runs a fixture to its end; its output, and its status.
    func run(_ fixture: String, _ arguments: [String]) async throws -> (output: String, status: Int32) {
        try await Tool(path: self.path).run([Self.fixtures.appending(path: fixture).path] + arguments)
    }
}

/// The interceptor and the runtime client in a folder of their own, as an emulator would write them.
struct InstalledFiles: ~Copyable {
    let folder: URL

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "lmon-node-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        for (name, bytes) in InterceptorFiles.all {
            try Data(bytes).write(to: self.folder.appending(path: name))
        }
    }

    func path(_ name: String) -> String { self.folder.appending(path: name).path }

    deinit {
        try? FileManager.default.removeItem(at: self.folder)
    }
}

/// What the layer has, as it lies under `/opt`; a blank and a quote in the path are nobody's harm.
struct InstalledLayer: ~Copyable {
    let folder: URL

    init() throws {
        let manager = FileManager.default
        self.folder = manager.temporaryDirectory.appending(path: "lmon layer\"\(UUID().uuidString)")
        for (path, bytes) in InterceptorFiles.layer {
            let file = self.folder.appending(path: path)
            try manager.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
            guard bytes.starts(with: "#!".utf8) else { continue }
            try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
    }

    var wrapper: String { self.folder.appending(path: InterceptorFiles.wrapper).path }

    deinit { try? FileManager.default.removeItem(at: self.folder) }
}
