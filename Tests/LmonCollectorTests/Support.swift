import Foundation
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonStore
import LmonTestSupport

@testable import LmonCollector

func record(
    _ sequence: Int,
    environment: String = "E1",
    function: String = "orders",
    request: String? = nil,
    text: String = "hello"
) -> Record {
    let observation = Observation(
        environment: environment,
        function: function,
        time: .testOrigin,
        type: .function,
        requestID: request,
        payload: JSONWriter.text(text)
    )
    return Record(observation, sequence: sequence, observed: .testOrigin)
}

extension JSONWriter {
    fileprivate static func text(_ text: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.string(text)
        return writer.bytes
    }
}

extension [Record] {
    var ndjson: [UInt8] { self.flatMap { $0.line + [0x0A] } }
}

let agentToken = "agent-0123456789abcdef"
let viewerToken = "viewer-0123456789abcdef"

/// A collector on loopback for the length of a test, with a store of its own.
final class Rig: Sendable {
    let folder: String
    let loop = Loop()
    let store: CollectorStore
    let collector: LmonCollector.Collector

    var port: Int { self.collector.port }

    init(
        tokens: Bool = false,
        store: String? = nil,
        configured change: (inout CollectorConfiguration) -> Void = { _ in }
    ) throws {
        self.folder = FileManager.default.temporaryDirectory.path + "/lmon-collector-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        self.store = try CollectorStore.open(store ?? "\(self.folder)/c.db")
        var configuration = CollectorConfiguration()
        configuration.port = 0
        if tokens { configuration.tokens = try CollectorTokens(agents: agentToken, viewers: viewerToken) }
        change(&configuration)
        self.collector = try LmonCollector.Collector(configuration, store: self.store, on: self.loop)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.folder) }

    /// Runs a test and ends the collector after it.
    static func with(
        tokens: Bool = false,
        store: String? = nil,
        configured change: (inout CollectorConfiguration) -> Void = { _ in },
        _ body: (Rig) async throws -> Void
    ) async throws {
        let rig = try Rig(tokens: tokens, store: store, configured: change)
        let result: Result<Void, any Error>
        do { result = .success(try await body(rig)) } catch { result = .failure(error) }
        await rig.collector.stop()
        await rig.loop.shutdown()
        try result.get()
    }

    // MARK: Raw requests

    struct Answer {
        let status: Int
        let head: String
        let body: String

        var json: JSONValue? { try? JSONValue(parsing: self.body) }
        var error: String { self.json?["error"]?.string ?? "" }
    }

    func send(
        _ method: String,
        _ target: String,
        headers: [String] = [],
        body: [UInt8] = [],
        token: String? = nil
    ) throws -> Answer {
        let client = try RawClient(port: self.port)
        defer { client.close() }
        var lines = ["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1", "Connection: close"] + headers
        if let token { lines.append("Authorization: Bearer \(token)") }
        if !headers.contains(where: { $0.hasPrefix("Transfer-Encoding") || $0.hasPrefix("Content-Length") }) {
            lines.append("Content-Length: \(body.count)")
        }
        client.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
        return try Self.answer(client.receiveToEnd())
    }

    private static func answer(_ text: String) throws -> Answer {
        struct NoAnswer: Error { let text: String }
        guard let end = text.range(of: "\r\n\r\n"), let status = Int(text.dropFirst(9).prefix(3)) else {
            throw NoAnswer(text: text)
        }
        let head = String(text[..<end.lowerBound])
        let rest = text[end.upperBound...]
        let isChunked = head.lowercased().contains("transfer-encoding: chunked")
        return Answer(status: status, head: head, body: isChunked ? Self.joined(rest) : String(rest))
    }

    private static func joined(_ text: Substring) -> String {
        var bytes = Array(text.utf8)[...]
        var body: [UInt8] = []
        while let end = bytes.firstIndex(of: 0x0D),
            let count = Int(String(decoding: bytes[..<end], as: UTF8.self), radix: 16), count > 0
        {
            bytes = bytes[(end + 2)...]
            body += bytes.prefix(count)
            bytes = bytes.dropFirst(count + 2)
        }
        return String(decoding: body, as: UTF8.self)
    }

    func post(_ records: [Record], token: String? = nil) throws -> Answer {
        try self.send("POST", "/v1/records", body: records.ndjson, token: token)
    }
}

extension Loop {
    /// Runs `body` on the loop and waits for it.
    func perform<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            self.execute { continuation.resume(returning: body()) }
        }
    }
}

/// A store's file as a collector of before has left it.
final class StoreFile: Sendable {
    let path = FileManager.default.temporaryDirectory.path + "/lmon-store-\(UUID().uuidString).db"

    init(_ fill: (CollectorStore) throws -> Void) throws {
        let store = try CollectorStore.open(self.path)
        defer { store.close() }
        try fill(store)
    }

    deinit { for suffix in ["", "-wal", "-shm"] { unlink(self.path + suffix) } }
}
