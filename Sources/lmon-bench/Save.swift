import ArgumentParser
import Foundation
import LmonSupervisor

/// From a saved file to the row of its run, in the program itself.
struct Save: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Save a handler again and again under lmon tui: how long until its new result is on the screen."
    )

    @OptionGroup var output: OutputOptions

    @Option(help: "How often it is saved.")
    var saves = Self.usualSaves

    func run() async throws {
        self.output.print(try await Self.measure(saves: self.saves))
    }

    static let usualSaves = 40

    static func measure(saves: Int = Self.usualSaves) async throws -> [Figure] {
        let supervisor = try Supervisor.start()
        defer { supervisor.stop() }
        return try await TemporaryFolder.use { try await Self.measure(saves, in: $0, supervisor) }
    }

    private static func measure(_ saves: Int, in folder: String, _ supervisor: Supervisor) async throws -> [Figure] {
        let code = "\(folder)/save"
        try FileManager.default.createDirectory(atPath: code, withIntermediateDirectories: true)
        try Self.write(Self.marker(0), code)
        let start = try NodeStart(supervisor, codeFolder: code, folder: folder)
        let view = try ViewProcess(
            ["tui", code, "--port", "0", "--no-tee"],
            columns: 120,
            rows: 40,
            environment: ["TMPDIR": folder, "XDG_STATE_HOME": folder]
        )
        defer { view.end() }
        try view.wait(for: "No invocation yet")
        view.type("i\r")
        try view.wait(for: Self.marker(0))
        view.type("a")
        try view.wait(for: "again on save")
        var starts: [Double] = []
        var delays: [Double] = []
        for number in 1...max(1, saves) {
            // Nobody saves at once what was shown just now.
            try await Task.sleep(for: .milliseconds(1100))
            starts.append(try await start.milliseconds())
            view.forget()
            try Self.write(Self.marker(number), code)
            let saved = ContinuousClock.now
            try view.wait(for: Self.marker(number))
            delays.append(Stopwatch.seconds(saved.duration(to: .now)) * 1000)
        }
        return Self.figures(starts, delays)
    }

    /// The type of the error that the handler throws, which its row shows. Each letter differs from the one before, so that
    /// all of it is painted anew.
    private static func marker(_ number: Int) -> String {
        String(repeating: Array("abcdefghijklmnopqrstuvwxyz")[number % 26], count: 7)
    }

    private static func write(_ marker: String, _ folder: String) throws {
        let code = """
            exports.handler = async () => {
                const error = new Error('saved');
                error.name = '\(marker)';
                throw error;
            };
            """
        try Data(code.utf8).write(to: URL(filePath: "\(folder)/index.js"))
    }

    private static func figures(_ starts: [Double], _ delays: [Double]) -> [Figure] {
        func figure(_ name: String, _ values: [Double], _ share: Double, _ method: String) -> Figure {
            let value = Stopwatch.percentile(values, share)
            return Figure(name: name, value: value, unit: "ms", goal: nil, method: method)
        }
        func beyond(_ share: Double) -> Double {
            Stopwatch.percentile(delays, share) - Stopwatch.percentile(starts, share)
        }
        let start = "process asked for until its first /next, without the interceptor; in turn with the saves"
        let row = "end of the write to the row's bytes at the pty's master, 120×40, \(delays.count) saves"
        return [
            figure("bare start of the Node runtime, p50", starts, 0.5, start),
            figure("bare start of the Node runtime, p95", starts, 0.95, start),
            figure("save → row of its run, p50", delays, 0.5, row),
            figure("save → row of its run, p95", delays, 0.95, row),
            Figure(name: "save → row, beyond the start, p50", value: beyond(0.5), unit: "ms", goal: nil, method: row),
            Figure(
                name: "save → row, beyond the start, p95",
                value: beyond(0.95),
                unit: "ms",
                goal: "≤ 60 ms",
                method: "the difference of both p95"
            ),
        ]
    }
}
