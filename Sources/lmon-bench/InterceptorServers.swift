import Foundation
import LmonAgent
import LmonHTTP

/// The process that the calls of a measurement go to, which ends with its standard input, and a monitor for the records
/// that tell of them, as `lmon emulate` has it.
struct InterceptorServers {
    private let process = Process()
    private let input = Pipe()
    private let loop = Loop()
    let upstream: Int
    let ingest: Int

    init(_ folder: URL) async throws {
        let program = folder.appending(path: "upstream.cjs")
        try Data(InterceptorProgram.upstream.utf8).write(to: program)
        let output = Pipe()
        self.process.executableURL = URL(filePath: "/usr/bin/env")
        self.process.arguments = ["node", program.path]
        self.process.standardInput = self.input
        self.process.standardOutput = output
        try self.process.run()
        self.upstream = try JSONDecoder().decode(Int.self, from: output.fileHandleForReading.availableData)
        let core = MonitorCore(loop: self.loop)
        self.ingest = try await self.loop.value { try core.openIngest(environment: "bench", function: "bench") }
    }

    /// Ends both.
    func stop() async {
        try? self.input.fileHandleForWriting.close()
        await self.loop.shutdown()
        self.process.waitUntilExit()
    }
}

extension Loop {
    /// What `body` returns on the loop.
    func value<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            self.execute { continuation.resume(with: Result { try body() }) }
        }
    }
}
