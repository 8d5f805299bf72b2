package import Foundation

/// A program of this machine that checks our work from the outside. Where it lacks, its tests are skipped.
package struct Tool: Sendable {
    package let path: String

    /// Nil if the PATH has none of that name.
    package init?(_ name: String) {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let found = folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let found else { return nil }
        self.path = found
    }

    package init(path: String) { self.path = path }

    /// Runs it to its end: what it wrote, to both of its outputs, and its status.
    package func run(
        _ arguments: [String],
        in folder: URL? = nil,
        environment: [String: String]? = nil
    ) async throws -> (output: String, status: Int32) {
        let process = Process()
        process.executableURL = URL(filePath: self.path)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        if let environment { process.environment = environment }
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let file = output.fileHandleForReading
        // Reading blocks: on a thread of its own, or it would hold up every other test.
        let bytes = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: file.readDataToEndOfFile()) }
        }
        process.waitUntilExit()
        return (String(decoding: bytes, as: UTF8.self), process.terminationStatus)
    }
}

/// A folder that goes away with the test.
package struct TemporaryFolder: ~Copyable {
    package let url: URL

    package init() throws {
        self.url = FileManager.default.temporaryDirectory.appending(path: "lmon-folder-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.url, withIntermediateDirectories: true)
    }

    package func path(_ name: String) -> String { self.url.appending(path: name).path }

    package func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
        try Data(bytes).write(to: self.url.appending(path: name))
    }

    package func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: self.url.appending(path: name)))
    }

    deinit { try? FileManager.default.removeItem(at: self.url) }
}
