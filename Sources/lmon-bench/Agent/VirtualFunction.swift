import LmonAgent
import LmonHTTP
import LmonJSON
import LmonRecord

/// The interceptor's side of an environment: one kept connection to the agent's ingest, written to without waiting. Used on
/// its loop only.
final class VirtualFunction: @unchecked Sendable {
    // Unchecked: used on the loop only.
    /// Where the agent listens.
    let port: Int
    private var connection: TCPConnection?
    /// What to call with each answer that is still to come.
    private var waiting: [(() -> Void)?] = []
    private var tail: [UInt8] = []
    private(set) var refusals = 0
    private var counter = 0
    private var random: SplitMix

    init(ingest port: Int, seed: UInt64) {
        self.port = port
        self.random = SplitMix(seed: seed)
    }

    func connect(on loop: Loop) async throws {
        try await TCPClient.connect(host: "127.0.0.1", port: self.port, on: loop) { connection in
            self.connection = connection
            connection.onBytes { self.read($0) }
        }
    }

    func close() { self.connection?.close() }

    /// Tells of so many calls, in one or several requests, and at last of the handler's end; `answered` is called when the agent
    /// has answered that.
    func run(_ requestID: String, calls: Int, answered: @escaping () -> Void) -> [String] {
        var ids: [String] = []
        var lines: [UInt8] = []
        for _ in 0..<calls {
            self.counter += 1
            let id = "\(self.port)-1-\(self.counter)"
            ids.append(id)
            lines += self.call(id, requestID)
            guard Bool.random(using: &self.random) else { continue }
            self.post(lines)
            lines = []
        }
        if !lines.isEmpty { self.post(lines) }
        self.post(Self.event("handler.end", requestID) { $0.member("status", "success") }, answered)
        return ids
    }

    private func call(_ id: String, _ requestID: String) -> [UInt8] {
        let body = String(repeating: "x", count: .random(in: 0...1000, using: &self.random))
        let request = Self.event("http.request", requestID) {
            $0.member("callId", id)
            $0.member("method", "POST")
            $0.member("url", "https://api.example/orders/\(self.counter)")
            $0.member("client", "node:http")
        }
        let response = Self.event("http.response", requestID) {
            $0.member("callId", id)
            $0.member("status", 201)
        }
        let end = Self.event("http.end", requestID) { writer in
            writer.member("callId", id)
            writer.member("outcome", "complete")
            writer.object("bodies") {
                $0.object("request") {
                    $0.member("text", body)
                    $0.member("size", body.utf8.count)
                }
            }
        }
        return request + response + end
    }

    private static func event(_ type: String, _ requestID: String, _ record: (inout JSONWriter) -> Void) -> [UInt8] {
        JSONWriter.object { writer in
            writer.member("type", type)
            writer.member("time", SystemClock.now())
            writer.member("invocation", requestID)
            writer.object("record", record)
        } + [UInt8(ascii: "\n")]
    }

    // MARK: HTTP

    private func post(_ body: [UInt8], _ answered: (() -> Void)? = nil) {
        let head =
            "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1:\(self.port)\r\nLmon-Redacted: true\r\n"
            + "Content-Length: \(body.count)\r\n\r\n"
        self.waiting.append(answered)
        self.connection?.write(Array(head.utf8) + body)
    }

    /// Counts answers by their status lines; they have no bodies to speak of.
    private func read(_ bytes: [UInt8]) {
        self.tail += bytes
        while let end = self.tail.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: self.tail[..<end], as: UTF8.self)
            self.tail.removeFirst(end + 1)
            guard line.hasPrefix("HTTP/1.1 ") else { continue }
            if !line.hasPrefix("HTTP/1.1 202") { self.refusals += 1 }
            if !self.waiting.isEmpty { self.waiting.removeFirst()?() }
        }
    }
}
