#if Remote
import Foundation
import LmonHTTP
import LmonTLS
import LmonTestSupport
import Testing

/// What the tests need of the machine.
enum Tools {
    static let openssl = Self.path("openssl")
    static let python = Self.path("python3")
    static var areThere: Bool { Self.openssl != nil && Self.python != nil }

    private static func path(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path
}

/// An authority and certificates of it, made by openssl into a folder of their own.
final class Certificates: Sendable {
    let folder: String

    struct Failure: Error {
        let output: String
    }

    init() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/lmon-tls-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.folder = folder
        let child = try Child("/bin/sh", ["\(Tools.fixtures)/certificates.sh"], in: folder)
        guard await child.end() == 0 else { throw Failure(output: child.lines.elements.joined(separator: "\n")) }
    }

    deinit { try? FileManager.default.removeItem(atPath: self.folder) }

    var authority: String { "\(self.folder)/authority.pem" }
    func certificate(_ name: String) -> String { "\(self.folder)/\(name).pem" }
    func key(_ name: String) -> String { "\(self.folder)/\(name).key" }

    /// For all tests of this process.
    static let shared = Task { try await Certificates() }
}

/// A process and the lines that it writes. It is told to end by the end of its input.
final class Child: Sendable {
    let lines = Collector<String>()
    private let input: FileHandle
    private let status = Collector<Int32>()

    init(_ path: String, _ arguments: [String], in folder: String? = nil) throws {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = URL(filePath: folder) }
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        self.input = input.fileHandleForWriting
        try process.run()
        let reading = output.fileHandleForReading
        let (lines, status) = (self.lines, self.status)
        // Reading blocks: on a thread of its own, or it would hold up every other test.
        Thread.detachNewThread {
            var rest: [UInt8] = []
            while case let data = reading.availableData, !data.isEmpty {
                rest += data
                while let end = rest.firstIndex(of: 0x0A) {
                    lines.add(String(decoding: rest[..<end], as: UTF8.self))
                    rest.removeFirst(end + 1)
                }
            }
            process.waitUntilExit()
            status.add(process.terminationStatus)
        }
    }

    deinit { try? self.input.close() }

    func end() async -> Int32 {
        try? self.input.close()
        return await self.status.wait(for: 1)[0]
    }
}

/// `Fixtures/server.py`, for one test.
final class TLSPeer: Sendable {
    let child: Child
    let port: Int

    struct DidNotStart: Error {
        let line: String
    }

    init(_ mode: String, _ certificates: Certificates, _ name: String = "here") async throws {
        let script = "\(Tools.fixtures)/server.py"
        let arguments = [script, mode, certificates.certificate(name), certificates.key(name)]
        self.child = try Child(#require(Tools.python), arguments)
        let line = await self.child.lines.wait(for: 1)[0]
        guard let port = Int(line) else { throw DidNotStart(line: line) }
        self.port = port
    }
}

/// A loop and a client that trusts the tests' authority, for the length of a test.
func withClient(
    trusting file: String,
    handshakeLimit: Duration = .seconds(10),
    _ body: (HTTPClient, Loop) async throws -> Void
) async throws {
    let loop = Loop()
    let client = HTTPClient(loop: loop, security: TLSClient(trustFile: file, handshakeLimit: handshakeLimit))
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(client, loop))
    } catch {
        result = .failure(error)
    }
    client.close()
    await loop.shutdown()
    try result.get()
}

extension HTTPClient {
    func post(
        _ body: [UInt8] = [],
        to port: Int,
        host: String = "localhost",
        timeout: Duration? = .seconds(20)
    ) async throws(NetworkError) -> HTTPResponse {
        try await self.request(
            "POST",
            isSecure: true,
            host: host,
            port: port,
            target: "/",
            body: body,
            timeout: timeout
        )
    }
}
#endif
