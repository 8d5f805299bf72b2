import Foundation
import LmonRecord
import LmonStore

/// The view while ten thousand records a second come.
enum LiveView {
    /// Invocations that are sent together, a hundred times a second.
    private static let batch = 8
    private static let batches = 2_000
    private static let markers = 40

    static func measure() throws -> [Figure] {
        let folder = FileManager.default.temporaryDirectory.path + "/lmon-bench-live-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try RecordServer()
        let view = try ViewProcess(
            ["tui", "tcp://127.0.0.1:\(server.port)"],
            columns: 120,
            rows: 60,
            environment: ["TMPDIR": folder]
        )
        defer { view.end() }
        try server.accept()
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
                value: Double(count - (try Self.kept(in: folder, expected: count))),
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

    /// How many records stand in the view's own session.
    static func kept(in folder: String, expected: Int) throws -> Int {
        var count = 0
        for _ in 0..<50 {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            guard let name = names.first(where: { $0.hasSuffix(".lmon") }) else { return 0 }
            count = Int(try SessionStore.open("\(folder)/\(name)").committed.lastCursor)
            if count >= expected { return count }
            Thread.sleep(forTimeInterval: 0.1)
        }
        return count
    }
}
