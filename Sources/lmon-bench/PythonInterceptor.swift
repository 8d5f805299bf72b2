import Foundation
import LmonInterceptors

/// The Python interceptor beside OpenTelemetry's instrumentation of requests, and both beside neither: a process each, which
/// take turns on a core of their own, as an upstream on another machine leaves them theirs. What is held against each other
/// is invocations that end when what tells of their calls has been delivered, as a function that freezes needs it. How long
/// a single call takes is shown beside it: there the spans of OpenTelemetry go nowhere.
enum PythonInterceptor {
    private static let kinds = ["bare", "lmon", "opentelemetry"]
    private static let deliveringKinds = ["bare", "lmon", "opentelemetry-otlp"]

    /// Nothing but a line that says so where there is no Python with these packages.
    static func measure() async throws -> [Figure] {
        guard let python = Self.python() else {
            print("python interceptor: no Python has requests and OpenTelemetry; Tests/run installs them")
            return []
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "lmon-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, bytes) in InterceptorFiles.python {
            let file = folder.appending(path: name)
            let parent = file.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
        let cores = Cores()
        defer { cores?.release() }
        let servers = try await InterceptorServers(folder)
        let program = folder.appending(path: "client.py")
        try Data(PythonInterceptorProgram.client.utf8).write(to: program)
        let layout = ["LAYOUT": folder.appending(path: InterceptorFiles.pythonFolder).path]
        func start(_ capture: String = "all", kinds: [String] = Self.kinds) throws -> [CallingProcess] {
            try kinds.map { kind in
                let command = [python, program.path, kind, String(servers.upstream)]
                let placed = cores?.measured(command) ?? command
                return try CallingProcess(placed, servers, capture: capture, variables: layout)
            }
        }
        var loads = Samples(), firsts = Samples()
        // The first fills the caches of Python and of the disk.
        for round in 0..<8 {
            for (kind, client) in try start().enumerated() {
                let first = try client.values("orders 1")[1] / 1000
                guard round > 0 else { continue }
                loads.values[kind].append(client.load)
                firsts.values[kind].append(first)
            }
        }
        var figures = Self.pair("load", loads, "ms") + Self.pair("first call, added", firsts, "ms")
        for capture in ["all", "headers"] {
            let core = cores == nil ? "" : "client on a core of its own; "
            var delivered = Added()
            for _ in 0..<10 {
                let clients = try start(capture, kinds: Self.deliveringKinds)
                for client in clients { _ = try client.values("orders 100") }
                for _ in 0..<30 {
                    delivered.turns.append(try clients.map { try $0.values("invocation \(Self.callsOfInvocation)") })
                }
                delivered.closeProcesses()
            }
            figures += Self.delivered(
                delivered,
                "capture \(capture), upstream at once; \(core)10 processes each, of whose 30 invocations the median; median"
            )
            var added = ["near": Added(), "orders": Added()]
            // Several processes each: where things lie in memory makes a difference that is not of interest.
            for _ in 0..<10 {
                let clients = try start(capture)
                for client in clients { _ = try client.values("orders 100") }
                for (path, count) in [("near", 10), ("orders", 30)] {
                    for _ in 0..<15 { added[path]?.turns.append(try clients.map { try $0.values("\(path) \(count)") }) }
                    added[path]?.closeProcesses()
                }
            }
            for (path, place) in [("near", "upstream 2 ms away"), ("orders", "upstream at once")] {
                guard let added = added[path] else { continue }
                let method =
                    "capture \(capture), \(place); \(core)10 processes each, of whose 15 turns the median; median"
                figures += Self.later(added, method)
            }
        }
        await servers.stop()
        return figures
    }

    /// The interpreters that the tests use, then those that `Tests/run` has installed, then the system's.
    private static func python() -> String? {
        let environment = ProcessInfo.processInfo.environment
        let listed = environment["LMON_PYTHONS", default: ""].split(separator: ":").map(String.init)
        let installed = ["3.11", "3.12", "3.13"].map { ".build/python/\($0)/bin/python" }
        let folders = environment["PATH", default: ""].split(separator: ":").map { "\($0)/python3" }
        return (listed + installed + folders).first { path in
            guard FileManager.default.isExecutableFile(atPath: path) else { return false }
            let process = Process()
            process.executableURL = URL(filePath: path)
            process.arguments = ["-c", PythonInterceptorProgram.check]
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
    }

    /// Of each kind, what was measured.
    private struct Samples {
        var values = PythonInterceptor.kinds.map { _ in [Double]() }

        /// What a kind adds to bare.
        func added(_ kind: Int, _ middle: ([Double]) -> Double = Stopwatch.median) -> Double {
            middle(self.values[kind]) - middle(self.values[0])
        }
    }

    /// What the kinds add to bare calls, in µs: turn by turn, since the machine is not the same from second to second.
    private struct Added {
        /// Of the processes at hand, of each turn and each kind: CPU, and what each call took.
        var turns: [[[Double]]] = []
        /// Of each kind and all processes so far.
        private(set) var times = PythonInterceptor.kinds.map { _ in [Double]() }
        private(set) var used = PythonInterceptor.kinds.map { _ in [Double]() }
        private(set) var calls = Samples()

        mutating func closeProcesses() {
            for kind in PythonInterceptor.kinds.indices {
                let times = self.turns.map {
                    Stopwatch.median(Array($0[kind].dropFirst())) - Stopwatch.median(Array($0[0].dropFirst()))
                }
                self.times[kind].append(Stopwatch.median(times))
                self.used[kind].append(Stopwatch.median(self.turns.map { $0[kind][0] - $0[0][0] }))
                self.calls.values[kind] += self.turns.flatMap { $0[kind].dropFirst() }
            }
            self.turns = []
        }
    }

    private static func pair(_ name: String, _ samples: Samples, _ unit: String) -> [Figure] {
        self.pair(name, unit, "over a process that has requests; median of 7") { samples.added($0) }
    }

    private static func pair(_ name: String, _ unit: String, _ how: String, _ value: (Int) -> Double) -> [Figure] {
        [("python interceptor: \(name)", 1), ("opentelemetry: \(name)", 2)].map { name, kind in
            Figure(name: name, value: value(kind), unit: unit, goal: nil, method: how)
        }
    }

    /// What lmon adds of what OpenTelemetry does; `times` by kind.
    private static func share(_ name: String, _ times: [Double], goal: String?, _ how: String) -> Figure {
        Figure(
            name: "python interceptor: \(name)",
            value: times[1] / times[2] * 100,
            unit: "%",
            goal: goal,
            method: how
        )
    }

    private static let callsOfInvocation = 5

    private static func delivered(_ added: Added, _ how: String) -> [Figure] {
        let times = added.times.map { Stopwatch.median($0) * Double(Self.callsOfInvocation) }
        return self.pair("\(Self.callsOfInvocation) calls and delivery, added", "µs", how) { times[$0] }
            + [self.share("of what OpenTelemetry adds", times, goal: "< 50 %", how)]
    }

    private static func later(_ added: Added, _ how: String) -> [Figure] {
        let times = added.times.map(Stopwatch.median), used = added.used.map(Stopwatch.median)
        return self.pair("each later call, added", "µs", how) { times[$0] }
            + [self.share("of OpenTelemetry without delivery", times, goal: nil, how)]
            + self.pair("99th percentile, added", "µs", how) { kind in
                added.calls.added(kind) { Stopwatch.percentile($0, 0.99) }
            }
            + self.pair("CPU of each, added", "µs", how) { used[$0] }
    }
}
