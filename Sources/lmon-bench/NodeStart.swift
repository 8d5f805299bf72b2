import Foundation
import LambdaWire
import LmonInterceptors
import LmonSupervisor

/// A function's Node runtime as the emulator starts it, without the interceptor and with nobody behind its Runtime API.
struct NodeStart {
    struct Failed: Error {}

    let supervisor: Supervisor
    let codeFolder: String
    private let client: String

    /// `folder` is for the runtime client.
    init(_ supervisor: Supervisor, codeFolder: String, folder: String) throws {
        self.supervisor = supervisor
        self.codeFolder = codeFolder
        self.client = "\(folder)/\(InterceptorFiles.runtimeClient)"
        for (name, bytes) in InterceptorFiles.all where name == InterceptorFiles.runtimeClient {
            try Data(bytes).write(to: URL(filePath: self.client))
        }
    }

    /// Milliseconds from asking for the process until it asks for its first event, its code loaded.
    func milliseconds() async throws -> Double {
        let listening = try ListeningSocket()
        let request = ProcessRequest(
            executable: "node",
            arguments: [self.client],
            environment: self.variables(port: listening.port),
            workingDirectory: self.codeFolder,
            limits: ResourceLimits(openFiles: 1024)
        )
        let start = ContinuousClock.now
        let process = try await self.supervisor.spawn(request)
        defer { self.supervisor.signal(process, .kill) }
        let connection = try listening.accept()
        defer { close(connection) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(connection, &buffer, buffer.count)
        let time = Stopwatch.seconds(start.duration(to: .now)) * 1000
        // Code that cannot be loaded is told by another call.
        guard count > 0, String(decoding: buffer[..<count], as: UTF8.self).contains("/invocation/next ") else {
            throw Failed()
        }
        return time
    }

    /// What lmon hands on, too; certificates alone double the start.
    private static let inherited: Set<String> = [
        "PATH", "HOME", "USER", "LD_LIBRARY_PATH", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR",
    ]

    private func variables(port: UInt16) -> [String: String] {
        let reserved = RuntimeVariables(
            functionName: "save",
            handler: "index.handler",
            memoryMB: 512,
            region: "us-east-1",
            runtime: "nodejs20.x",
            logStream: "bench",
            runtimeAPI: "127.0.0.1:\(port)",
            taskRoot: self.codeFolder
        ).reserved
        let inherited = ProcessInfo.processInfo.environment.filter { Self.inherited.contains($0.key) }
        return inherited.merging(RuntimeVariables.preset) { $1 }.merging(reserved) { $1 }
    }
}
