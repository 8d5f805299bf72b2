import Foundation
import LmonRecord

/// Many viewers of one collector: from the first byte that an agent sends to the last viewer that has the batch.
enum FanOut {
    private static let batches = 50
    private static let perBatch = 100

    static func measure(_ collector: CollectorProcess, viewers: Int) throws -> [Figure] {
        let now = ISO8601DateFormatter().string(from: Date().addingTimeInterval(120))
        let followers = try (0..<viewers).map { _ in
            try Follower(port: collector.port, query: "?follow=true&since=\(now)")
        }
        let agent = try RawConnection(port: collector.port)
        var delays: [Double] = []
        let before = collector.cpuSeconds
        let start = ContinuousClock.now
        for number in 0..<Self.batches {
            // A thousand records a second.
            let due = start.advanced(by: .milliseconds(100 * number))
            let pause = Stopwatch.seconds(ContinuousClock.now.duration(to: due))
            if pause > 0 { usleep(UInt32(pause * 1_000_000)) }
            let sent = ContinuousClock.now
            try agent.send("POST", "/v1/records", body: Self.batch(number))
            try Self.wait(followers, records: (number + 1) * Self.perBatch)
            delays.append(Stopwatch.seconds(sent.duration(to: .now)) * 1000)
            _ = try agent.receive()
        }
        let seconds = Stopwatch.seconds(start.duration(to: .now))
        let method = "\(viewers) viewers, \(Self.perBatch) records each 100 ms; viewers on the same cores"
        return [
            Figure(
                name: "collector: sent until all viewers have it, p95",
                value: Stopwatch.percentile(delays, 0.95),
                unit: "ms",
                goal: "<= 250 ms",
                method: method
            ),
            Figure(
                name: "collector: CPU for \(viewers) viewers",
                value: (collector.cpuSeconds - before) / seconds * 100,
                unit: "% of a core",
                goal: nil,
                method: method
            ),
            Figure(
                name: "collector: memory with \(viewers) viewers",
                value: collector.megabytes,
                unit: "MB",
                goal: "<= 100 MB",
                method: "resident"
            ),
        ]
    }

    private static func wait(_ followers: [Follower], records: Int) throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        for follower in followers {
            while follower.records < records {
                guard follower.read(&buffer) else { throw CollectorProcess.Failure(description: "a stream ended") }
            }
            guard follower.records == records else {
                throw CollectorProcess.Failure(description: "a viewer has \(follower.records) records of \(records)")
            }
        }
    }

    private static func batch(_ number: Int) -> [UInt8] {
        let first = number * Self.perBatch + 1
        var body: [UInt8] = []
        for sequence in first..<first + Self.perBatch {
            body +=
                #"{"v":1,"environment":"01KAR0000000000000000FANOUT","sequence":\#(sequence),"function":"orders","#.utf8
            body += #""time":"2026-11-23T10:00:00.000Z","type":"function","requestId":"r\#(number)","record":"#.utf8
            body += "\"\(String(repeating: "x", count: 200))\"}\n".utf8
        }
        return body
    }
}
