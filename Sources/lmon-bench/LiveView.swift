import Foundation
import LmonRecord

/// The view while ten thousand records a second come.
enum LiveView {
    /// Invocations that are sent together, a hundred times a second.
    private static let batch = 8
    private static let batches = 2_000
    private static let markers = 40

    static func measure() throws -> [Figure] {
        try StreamedView.run(rows: 60) { try Self.measure($0) }
    }

    private static func measure(_ stage: StreamedView) throws -> [Figure] {
        let (server, view) = (stage.server, stage.view)
        // What is typed before it has the terminal is lost.
        try view.wait(for: "Invocations")
        var delays: [Double] = []
        var keys: [Double] = []
        let start = ContinuousClock.now
        for number in 0..<Self.batches {
            let due = start + .milliseconds(number * 10)
            let wait = Stopwatch.seconds(ContinuousClock.now.duration(to: due))
            if wait > 0 { Thread.sleep(forTimeInterval: wait) }
            // Each letter differs from the one before, so that all of it is painted anew.
            let marker = number % 25 == 24 ? String(repeating: Self.letter(number / 25), count: 7) : nil
            if marker != nil { view.forget() }
            let sent = ContinuousClock.now
            try server.send(
                SampleRecords.records(from: number * Self.batch, invocations: Self.batch) { index in
                    index % Self.batch == Self.batch - 1 ? marker : nil
                }
            )
            if let marker {
                try view.wait(for: marker)
                delays.append(Stopwatch.seconds(sent.duration(to: .now)) * 1000)
            } else if number % 25 == 12 {
                keys.append(try Self.press(view))
            }
        }
        let seconds = Stopwatch.seconds(start.duration(to: .now))
        let count = Self.batches * Self.batch * SampleRecords.perInvocation
        let method = "\(Int(Double(count) / seconds)) records/s over TCP, 120×60"
        return [
            Figure(
                name: "tee → screen, p95",
                value: Stopwatch.percentile(delays, 0.95),
                unit: "ms",
                goal: "≤ 50 ms",
                method: "\(method); socket write to the row's bytes at the pty's master, \(delays.count) rows"
            ),
            Figure(
                name: "key → paint while records come, p99",
                value: Stopwatch.percentile(keys, 0.99),
                unit: "ms",
                goal: "≤ 16 ms",
                method: "\(method); ? to the help's title at the pty's master, \(keys.count) times"
            ),
            Figure(
                name: "records lost on the way to the view",
                value: Double(count - (try stage.kept(expected: count))),
                unit: "",
                goal: "0",
                method: "\(count) sent, counted in the session that the view keeps"
            ),
        ]
    }

    private static func letter(_ number: Int) -> Character { Array("abcdefgijklmnqrvwxyz")[number % 20] }

    private static func press(_ view: ViewProcess) throws -> Double {
        view.forget()
        let start = ContinuousClock.now
        view.type("?")
        try view.wait(for: "keys")
        defer { view.type("\u{1B}") }
        return Stopwatch.seconds(start.duration(to: .now)) * 1000
    }
}
