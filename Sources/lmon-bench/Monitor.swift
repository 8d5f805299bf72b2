import ArgumentParser
import LmonAgent
import LmonHTTP
import LmonJSON
import LmonRecord

/// What the monitor core takes from a function that it shares its cores with.
struct Monitor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "CPU that the monitor core spends on a record of an interceptor, from its socket to its number."
    )

    @OptionGroup var output: OutputOptions

    func run() async throws {
        self.output.print(try await Self.measure())
    }

    private static let perBatch = 48
    private static let rounds = 11

    static func measure() async throws -> [Figure] {
        let loop = Loop()
        let core = MonitorCore(loop: loop)
        let port = try await loop.value { try core.openIngest(environment: "bench", function: "bench") }
        let batches = self.batches()
        let connection = try RawConnection(port: port)
        var costs: [Double] = []
        for round in 0...self.rounds {
            let before = try await loop.value { ThreadTime.seconds() }
            for batch in batches {
                try connection.send(batch)
                _ = try connection.receive()
            }
            let after = try await loop.value {
                core.assumeIsolated { $0.flush() }
                return ThreadTime.seconds()
            }
            // The first fills what is retained.
            if round > 0 { costs.append((after - before) * 1e6 / Double(batches.count * self.perBatch)) }
        }
        await loop.shutdown()
        return [
            Figure(
                name: "monitor core: CPU for a record",
                value: Stopwatch.median(costs),
                unit: "µs",
                goal: nil,
                method: "posts of \(self.perBatch) records of calls, no sinks, median of \(self.rounds)"
            )
        ]
    }

    /// 20 160 records, as interceptors post them; each round's calls have the same ids, as a process's that began anew.
    private static func batches() -> [[UInt8]] {
        let calls = SampleRecords.records(invocations: 3_360).filter { $0.type.rawValue.hasPrefix("http.") }
        return stride(from: 0, to: calls.count, by: self.perBatch).map { start in
            let body = Array(calls[start..<start + self.perBatch].map(self.line).joined())
            let head =
                "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nLmon-Redacted: true\r\nContent-Length: \(body.count)\r\n\r\n"
            return Array(head.utf8) + body
        }
    }

    private static func line(_ record: Record) -> [UInt8] {
        let event = JSONWriter.object {
            $0.member("type", record.type.rawValue)
            $0.member("time", record.time.description)
            $0.member("invocation", record.requestID)
            $0.member("record", raw: Array(record.payload))
        }
        return event + [UInt8(ascii: "\n")]
    }
}
