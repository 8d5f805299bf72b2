import LmonJSON
package import LmonRecord

/// Gathers an invocation's calls into one JSON for a monitoring service:
/// `{context: {requestId, invokedFunctionArn, invokedAt}, logs: {"<date>": {url, method, headers, body, date}}, calls: […],
/// outcome, timings}`.
///
/// `logs` keeps one entry a call, under the date of its start; a second call in the same millisecond is `<date>#2`. Calls that
/// were made during init come with the first recap. A pure value.
package struct RecapBuilder: Sendable {
    private struct Open {
        let requestID: String
        var arn: String?
        var invokedAt: Timestamp
        var outcome: String?
        var endedAt: Timestamp?
        var metrics: JSONValue?
        var calls: [RecapCall] = []
        var callsDropped = 0
        var bytes = 0
    }

    /// The most that one recap holds of calls and, beyond that, of their bodies.
    private static let maximumCalls = 1000
    private static let maximumBytes = 256 << 10

    private var open: [Open] = []
    /// Made before the first invocation.
    private var early: [RecapCall] = []

    package init() {}

    /// Takes a record; returns the recaps that are complete with it.
    package mutating func admit(_ record: Record) -> [[UInt8]] {
        switch record.type {
        case .invoke: return self.begin(record)
        case .runtimeDone, .report: return self.conclude(platform: record)
        case .invocationResult:
            if let value = Self.value(record), value["outcome"]?.string == "error" { self.fail(record.requestID) }
        case .httpRequest: self.add(RecapCall(record, Self.value(record)))
        case .httpResponse, .httpEnd: self.amend(record)
        default: break
        }
        return []
    }

    /// The handler has ended, and everything of it was seen.
    package mutating func ended(_ requestID: String, isError: Bool?, at time: Timestamp) -> [[UInt8]] {
        guard let index = self.index(of: requestID) else { return [] }
        self.open[index].endedAt = time
        if let isError { self.open[index].outcome = isError ? "error" : "success" }
        return [self.close(index)]
    }

    /// The last recaps: nothing comes any more.
    package mutating func concludeAll() -> [[UInt8]] {
        var recaps: [[UInt8]] = []
        while !self.open.isEmpty { recaps.append(self.close(0)) }
        return recaps
    }

    // MARK: Invocations

    private func index(of requestID: String?) -> Int? {
        self.open.firstIndex { $0.requestID == requestID }
    }

    /// An environment runs one invocation at a time: the ones before are over.
    private mutating func begin(_ record: Record) -> [[UInt8]] {
        guard let requestID = record.requestID, self.index(of: requestID) == nil else { return [] }
        let recaps = self.concludeAll()
        var open = Open(requestID: requestID, invokedAt: record.time)
        open.arn = Self.value(record)?["invokedFunctionArn"]?.string
        open.calls = self.early
        self.early = []
        self.open.append(open)
        return recaps
    }

    private mutating func conclude(platform record: Record) -> [[UInt8]] {
        guard let index = self.index(of: record.requestID), let value = Self.value(record) else { return [] }
        self.open[index].metrics = value["metrics"]
        if let status = value["status"]?.string, status != "success" { self.open[index].outcome = status }
        self.open[index].endedAt = self.open[index].endedAt ?? record.time
        return [self.close(index)]
    }

    private mutating func fail(_ requestID: String?) {
        if let index = self.index(of: requestID) { self.open[index].outcome = "error" }
    }

    // MARK: Calls

    private mutating func add(_ call: RecapCall) {
        guard let index = self.index(of: call.requestID) ?? self.open.indices.last else {
            if self.early.count < Self.maximumCalls { self.early.append(call) }
            return
        }
        guard self.open[index].calls.count < Self.maximumCalls else {
            self.open[index].callsDropped += 1
            return
        }
        self.open[index].calls.append(call)
    }

    private mutating func amend(_ record: Record) {
        guard let value = Self.value(record), let id = value["callId"]?.string else { return }
        if let index = self.early.firstIndex(where: { $0.id == id }) {
            self.early[index].amend(value, keepsBody: true)
            return
        }
        for index in self.open.indices {
            guard let call = self.open[index].calls.lastIndex(where: { $0.id == id }) else { continue }
            self.open[index].bytes += self.open[index].calls[call].amend(
                value,
                keepsBody: self.open[index].bytes < Self.maximumBytes
            )
            return
        }
        // Its invocation's recap has gone: what is known of its end goes with the one in progress.
        guard record.type == .httpEnd else { return }
        var call = RecapCall(record, value)
        call.amend(value, keepsBody: true)
        self.add(call)
    }

    private static func value(_ record: Record) -> JSONValue? { try? JSONValue(parsing: Array(record.payload)) }

    // MARK: The recap

    private mutating func close(_ index: Int) -> [UInt8] {
        let open = self.open.remove(at: index)
        return JSONWriter.object { writer in
            writer.object("context") {
                $0.member("requestId", open.requestID)
                $0.member("invokedFunctionArn", open.arn)
                $0.member("invokedAt", open.invokedAt.description)
            }
            writer.object("logs") { Self.write(logs: open.calls, to: &$0) }
            writer.array("calls") { writer in
                for call in open.calls { call.write(isOf: open.requestID, to: &writer) }
            }
            if open.callsDropped > 0 { writer.member("callsDropped", open.callsDropped) }
            writer.member("outcome", open.outcome ?? "success")
            writer.object("timings") {
                if let end = open.endedAt { $0.member("durationMs", max(0, end.milliseconds(since: open.invokedAt))) }
                if let metrics = open.metrics { $0.member("platform", raw: metrics.bytes) }
            }
        }
    }

    private static func write(logs calls: [RecapCall], to writer: inout JSONWriter) {
        var seen: [String: Int] = [:]
        for call in calls {
            let date = call.date.description
            let count = seen[date, default: 0] + 1
            seen[date] = count
            writer.key(any: count == 1 ? date : "\(date)#\(count)")
            call.writeLog(date: date, to: &writer)
        }
    }
}

/// One call of a recap.
struct RecapCall: Sendable {
    let id: String
    let requestID: String?
    let date: Timestamp
    private let request: JSONValue
    private var response: [JSONValue.Member] = []
    private var body: String?

    init(_ record: Record, _ value: JSONValue?) {
        self.id = value?["callId"]?.string ?? ""
        self.requestID = record.requestID
        self.date = record.time
        self.request = value ?? .null
    }

    /// Adds what its response or its end says; returns the bytes that it grew by.
    @discardableResult
    mutating func amend(_ value: JSONValue, keepsBody: Bool) -> Int {
        let kept = ["status", "version", "outcome", "phase", "code", "message", "timings", "sizes"]
        for member in value.object ?? [] where kept.contains(member.key) {
            self.response.removeAll { $0.key == member.key }
            self.response.append(member)
        }
        guard keepsBody, let text = value["bodies"]?["request"]?["text"]?.string else { return 0 }
        self.body = text
        return text.utf8.count
    }

    func write(isOf requestID: String, to writer: inout JSONWriter) {
        let left = ["callId", "method", "url", "client", "service", "operation", "attempt"]
        writer.object { writer in
            writer.member("startedAt", self.date.description)
            for member in (self.request.object ?? []).filter({ left.contains($0.key) }) + self.response {
                writer.key(any: member.key)
                writer.value(member.value)
            }
            if self.requestID == nil { writer.member("duringInit", true) }
            if let own = self.requestID, own != requestID { writer.member("requestId", own) }
        }
    }

    /// In the shape of the seed: headers as an object.
    func writeLog(date: String, to writer: inout JSONWriter) {
        var headers: [(name: String, value: String)] = []
        for field in self.request["headers"]?.array ?? [] {
            guard let name = field[0]?.string, let value = field[1]?.string else { continue }
            if let index = headers.firstIndex(where: { $0.name == name }) {
                headers[index].value += ", \(value)"
            } else {
                headers.append((name, value))
            }
        }
        writer.object { writer in
            writer.member("url", self.request["url"]?.string)
            writer.member("method", self.request["method"]?.string)
            writer.object("headers") { writer in
                for header in headers {
                    writer.key(any: header.name)
                    writer.string(header.value)
                }
            }
            writer.member("body", self.body ?? "")
            writer.member("date", date)
        }
    }
}
