import Foundation
import LmonInterceptors

/// The Python interceptor beside OpenTelemetry's instrumentation of requests, and both beside neither: a process each, which
/// take turns.
enum PythonInterceptor {
    private static let kinds = ["bare", "lmon", "opentelemetry"]

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
        let servers = try await InterceptorServers(folder)
        func start(_ capture: String = "all") throws -> [PythonClient] {
            try Self.kinds.map { try PythonClient(python, $0, folder, servers, capture: capture) }
        }
        var loads = Samples(), firsts = Samples()
        // The first fills the caches of Python and of the disk.
        for round in 0..<8 {
            for (kind, client) in try start().enumerated() {
                let first = try client.block("orders", 1)[1] / 1000
                guard round > 0 else { continue }
                loads.values[kind].append(client.load)
                firsts.values[kind].append(first)
            }
        }
        var figures = Self.pair("load", loads, "ms") + Self.pair("first call, added", firsts, "ms")
        for capture in ["all", "headers"] {
            var times = ["near": Samples(), "orders": Samples()], used = times
            // Several processes each: where things lie in memory makes a difference that is not of interest.
            for _ in 0..<5 {
                let clients = try start(capture)
                for client in clients { _ = try client.block("orders", 200) }
                for path in ["near", "orders", "near", "orders", "near", "orders"] {
                    for (kind, client) in clients.enumerated() {
                        let block = try client.block(path, path == "near" ? 60 : 200)
                        used[path]?.values[kind].append(block[0])
                        times[path]?.values[kind] += block.dropFirst()
                    }
                }
            }
            for (path, place) in [("near", "upstream 2 ms away"), ("orders", "upstream at once")] {
                guard let times = times[path], let used = used[path] else { continue }
                figures += Self.later(times, used, "capture \(capture), \(place); 5 processes each, blocks in turn")
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
        func added(_ kind: Int, _ middle: ([Double]) -> Double) -> Double {
            middle(self.values[kind]) - middle(self.values[0])
        }
    }

    private static func pair(
        _ name: String,
        _ samples: Samples,
        _ unit: String,
        _ how: String = "over a process that has requests; median of 7",
        _ middle: ([Double]) -> Double = Stopwatch.median
    ) -> [Figure] {
        [("python interceptor: \(name)", 1), ("opentelemetry: \(name)", 2)].map { name, kind in
            Figure(name: name, value: samples.added(kind, middle), unit: unit, goal: nil, method: how)
        }
    }

    private static func later(_ times: Samples, _ used: Samples, _ how: String) -> [Figure] {
        let share = times.added(1, Stopwatch.median) / times.added(2, Stopwatch.median) * 100
        return self.pair("each later call, added", times, "µs", how)
            + [
                Figure(
                    name: "python interceptor: of what OpenTelemetry adds",
                    value: share,
                    unit: "%",
                    goal: "< 50 %",
                    method: how
                )
            ]
            + self.pair("99th percentile, added", times, "µs", how) { Stopwatch.percentile($0, 0.99) }
            + self.pair("CPU of each, added", used, "µs", how)
    }
}

/// A process that makes calls when it is told to; it ends with its standard input.
private final class PythonClient {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var rest: [UInt8] = []
    /// Milliseconds.
    private(set) var load = 0.0

    init(_ python: String, _ kind: String, _ folder: URL, _ servers: InterceptorServers, capture: String = "all") throws
    {
        let program = folder.appending(path: "client.py")
        try Data(PythonInterceptorProgram.client.utf8).write(to: program)
        self.process.executableURL = URL(filePath: python)
        self.process.arguments = [program.path, kind, String(servers.upstream)]
        var environment = ProcessInfo.processInfo.environment
        environment["LAYOUT"] = folder.appending(path: InterceptorFiles.pythonFolder).path
        environment["LMON_CAPTURE"] = capture
        environment["LMON_ADDRESS"] = "127.0.0.1:\(servers.ingest)"
        self.process.environment = environment
        self.process.standardInput = self.input
        self.process.standardOutput = self.output
        try self.process.run()
        self.load = try JSONDecoder().decode(Double.self, from: self.line())
    }

    /// CPU of each call in µs, and what each took.
    func block(_ path: String, _ count: Int) throws -> [Double] {
        try self.input.fileHandleForWriting.write(contentsOf: Data("\(path) \(count)\n".utf8))
        return try JSONDecoder().decode([Double].self, from: self.line())
    }

    private func line() throws -> Data {
        while true {
            if let end = self.rest.firstIndex(of: UInt8(ascii: "\n")) {
                defer { self.rest.removeSubrange(...end) }
                return Data(self.rest[..<end])
            }
            let more = self.output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw CocoaError(.fileReadUnknown) }
            self.rest += more
        }
    }
}
