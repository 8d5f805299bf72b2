import Foundation
import LmonRecord
import Synchronization

/// How many records a second are on the disk, sent by several agents at once.
enum IngestFigures {
    static let agents = 8
    /// Invocations of a batch.
    static let invocationsPerBatch = 40
    static let perBatch = Self.invocationsPerBatch * SampleRecords.perInvocation

    static func measure(_ collector: CollectorProcess, records: Int) throws -> [Figure] {
        let batches = max(1, records / Self.perBatch / Self.agents)
        let start = ContinuousClock.now
        let before = collector.cpuSeconds
        let failure = Mutex<String?>(nil)
        let port = collector.port
        DispatchQueue.concurrentPerform(iterations: Self.agents) { agent in
            do {
                let connection = try RawConnection(port: port)
                for batch in 0..<batches {
                    let answer = try connection.request("POST", "/v1/records", body: Self.batch(agent, batch))
                    guard answer.status == 200 else {
                        throw CollectorProcess.Failure(description: "status \(answer.status)")
                    }
                }
            } catch { failure.withLock { $0 = "\(error)" } }
        }
        if let reason = failure.withLock({ $0 }) { throw CollectorProcess.Failure(description: reason) }
        let seconds = Stopwatch.seconds(start.duration(to: .now))
        let cpu = collector.cpuSeconds - before
        let count = Double(batches * Self.perBatch * Self.agents)
        let method = "\(Int(count)) records in batches of \(Self.perBatch), \(Self.agents) agents, this machine's disk"
        return [
            Figure(
                name: "collector: durable records, a core",
                value: count / cpu,
                unit: "/s",
                goal: ">= 60000 /s",
                method: "\(method); by its CPU time"
            ),
            Figure(
                name: "collector: durable records, all",
                value: count / seconds,
                unit: "/s",
                goal: nil,
                method: "\(method); agents on the same cores"
            ),
            Figure(
                name: "collector: memory after ingest",
                value: collector.megabytes,
                unit: "MB",
                goal: "<= 100 MB",
                method: "resident"
            ),
        ]
    }

    private static func batch(_ agent: Int, _ batch: Int) -> [UInt8] {
        let first = batch * Self.invocationsPerBatch
        var body: [UInt8] = []
        for record in SampleRecords.records(from: first, invocations: Self.invocationsPerBatch, environments: 1) {
            // Each agent's own environment and requests, of the same lengths.
            let line = String(decoding: record.line, as: UTF8.self)
                .replacing("01KAR0000000000000000000A0", with: "01KAR000000000000000000\(agent)A0")
                .replacing("9f3c0000-0000", with: "9f3c000\(agent)-0000")
            body += line.utf8
            body.append(10)
        }
        return body
    }
}
