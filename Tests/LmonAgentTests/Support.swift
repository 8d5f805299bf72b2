import LmonAgent
import LmonHTTP
import LmonRecord
import LmonTestSupport

/// A core on a loop of its own, for the length of a test.
func withCore<Result: Sendable>(
    retainedRecords: Int = 20_000,
    _ body: (MonitorCore, Loop) async throws -> Result
) async throws -> Result {
    let loop = Loop()
    let core = MonitorCore(loop: loop, retainedRecords: retainedRecords)
    do {
        let result = try await body(core, loop)
        await loop.shutdown()
        return result
    } catch {
        await loop.shutdown()
        throw error
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

/// Keeps what it is given.
final class Keeper: RecordSink {
    let batches = Collector<[Record]>()
    private let each = Collector<Record>()

    var records: [Record] { self.batches.elements.flatMap(\.self) }

    func accept(_ records: [Record]) {
        self.batches.add(records)
        for record in records { self.each.add(record) }
    }

    /// Returns once there are as many records, in however many batches.
    func wait(for count: Int) async -> [Record] { await self.each.wait(for: count) }
}

extension MonitorCore {
    /// Numbers observations within one turn of the loop, and hands them on.
    func see(_ observations: [Observation]) async {
        await self.loop.perform { for observation in observations { self.observe(observation) } }
        self.flush()
    }

    func open(environment: String = Observation.testEnvironment) async throws -> Int {
        try await self.loop.perform {
            Result { try self.openIngest(environment: environment, function: "orders") }
        }.get()
    }

    /// Everything that was sent to the environment's port before has been numbered and handed on.
    func settle(environment: String = Observation.testEnvironment) async {
        await withCheckedContinuation { continuation in
            self.loop.execute { self.quiesce(environment: environment) { continuation.resume() } }
        }
        self.flush()
    }
}

extension Record {
    /// `3 http.end r1`
    var summary: String { "\(self.sequence) \(self.type) \(self.requestID ?? "–")" }

    var payloadText: String { String(decoding: self.payload, as: UTF8.self) }
}
