import Foundation

/// How long a viewer waits among many records.
enum QueryFigures {
    static func measure(_ collector: CollectorProcess, records: Int) throws -> [Figure] {
        let method = "\(records) records kept; median of 20"
        // All over the store.
        let invocations =
            max(1, records / IngestFigures.perBatch / IngestFigures.agents) * IngestFigures.invocationsPerBatch
        var number = 0
        func request() -> String {
            number += 1
            let digits = String(invocations * number / 21, radix: 16)
            return "9f3c000\(number % IngestFigures.agents)-0000-4000-8000-"
                + String(repeating: "0", count: 12 - digits.count) + digits
        }
        return [
            Figure(
                name: "collector: one invocation by its request id",
                value: try Self.milliseconds { try Self.whole(collector, "?request=\(request())") },
                unit: "ms",
                goal: "<= 20 ms",
                method: method
            ),
            Figure(
                name: "collector: tail begins",
                value: try Self.milliseconds { try Self.first(collector, "?follow=true&since=2020-01-01T00:00:00Z") },
                unit: "ms",
                goal: "<= 300 ms",
                method: "\(method); connection to first record, from the oldest on"
            ),
            Figure(
                name: "collector: tail begins an hour back",
                value: try Self.milliseconds { try Self.first(collector, "?follow=true&since=\(Self.anHourAgo)") },
                unit: "ms",
                goal: "<= 300 ms",
                method: "\(method); connection to first record, as a viewer begins"
            ),
        ]
    }

    private static var anHourAgo: String {
        ISO8601DateFormatter().string(from: Date().addingTimeInterval(-3600))
    }

    private static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
        try Stopwatch.median((0..<20).map { _ in try Stopwatch.seconds(body) * 1000 })
    }

    private static func whole(_ collector: CollectorProcess, _ query: String) throws {
        let connection = try RawConnection(port: collector.port)
        let answer = try connection.request("GET", "/v1/records\(query)")
        let records = answer.body.split(separator: 10).count { $0.starts(with: #"{"v":"#.utf8) }
        guard records == SampleRecords.perInvocation else {
            throw CollectorProcess.Failure(description: "\(records) records of an invocation")
        }
    }

    private static func first(_ collector: CollectorProcess, _ query: String) throws {
        let follower = try Follower(port: collector.port, query: query)
        try follower.wait(records: 1)
    }
}
