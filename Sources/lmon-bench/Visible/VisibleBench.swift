#if Remote
import Foundation
import LmonHTTP
import LmonRemote

/// From a handler's response to the moment at which a remote viewer has the invocation's calls: the real agent, which is
/// stopped between invocations as Lambda stops it, and the real viewers of a bucket and of a collector.
enum VisibleBench {
    /// How invocations follow each other.
    struct Traffic {
        let name: String
        let milliseconds: ClosedRange<Int>
        let share: Double

        static let slow = Traffic(name: "one each 0.7–1.9 s", milliseconds: 700...1900, share: 1)
        static let fast = Traffic(name: "ten a second", milliseconds: 80...120, share: 4)
    }

    private static let cases: [(flush: String, traffic: Traffic)] = [
        ("end", .slow), ("adaptive", .slow), ("adaptive", .fast), ("periodic:1", .fast),
    ]

    static func measure(_ agent: String, invocations: Int, seed: UInt64, _ print: ([Figure]) -> Void) async throws {
        try await TemporaryFolder.use { folder in
            let collector = try CollectorProcess(store: "\(folder)/c.db")
            defer { collector.stop() }
            for (flush, traffic) in Self.cases {
                let run = VisibleRun(agent: agent, invocations: invocations, flush: flush, traffic: traffic, seed: seed)
                print(try await run.figures("collector", 250, .collector(port: collector.port)))
            }
        }
        guard let moto = try MotoBucket.start() else {
            return Note.line("spool: S3: skipped, LMON_MOTO names no Python with moto (./Tests/run installs one)")
        }
        defer { moto.stop() }
        for (flush, traffic) in Self.cases {
            let run = VisibleRun(agent: agent, invocations: invocations, flush: flush, traffic: traffic, seed: seed)
            print(try await run.figures("S3", 2000, .bucket(moto.variables, prefix: "\(flush)-\(traffic.share)")))
        }
    }
}
#endif
