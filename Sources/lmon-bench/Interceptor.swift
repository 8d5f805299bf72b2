import ArgumentParser
import Foundation
import LmonInterceptors

struct Interceptor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What the interceptors for Node and Python add to start and to each call."
    )

    @OptionGroup var output: OutputOptions

    func run() async throws {
        self.output.print(try await Self.measure())
        self.output.print(try await PythonInterceptor.measure())
    }

    static func measure() async throws -> [Figure] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lmon-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, bytes) in InterceptorFiles.all { try Data(bytes).write(to: folder.appending(path: name)) }
        try Data(InterceptorProgram.client.utf8).write(to: folder.appending(path: "client.cjs"))
        let preload = folder.appending(path: InterceptorFiles.preload).path
        let servers = try await InterceptorServers(folder)
        var pairs: [(bare: [Double], watched: [Double])] = []
        for _ in 0..<11 {
            let bare = try Self.run(folder, servers, preload: nil)
            pairs.append((bare, try Self.run(folder, servers, preload: preload)))
        }
        await servers.stop()
        return Self.figures(pairs)
    }

    /// The client's figures, with the preload or bare.
    private static func run(_ folder: URL, _ servers: InterceptorServers, preload: String?) throws -> [Double] {
        let client = Process()
        client.executableURL = URL(filePath: "/usr/bin/env")
        client.arguments =
            ["node", folder.appending(path: "client.cjs").path, String(servers.upstream)] + (preload.map { [$0] } ?? [])
        var environment = ProcessInfo.processInfo.environment
        environment["LMON_CAPTURE"] = "all"
        environment["LMON_ADDRESS"] = "127.0.0.1:\(servers.ingest)"
        client.environment = environment
        let output = Pipe()
        client.standardOutput = output
        try client.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        client.waitUntilExit()
        return try JSONDecoder().decode([Double].self, from: data)
    }

    private static func figures(_ pairs: [(bare: [Double], watched: [Double])]) -> [Figure] {
        let method =
            "median of 11 pairs of node processes, bodies ≤ 1 KiB, upstream on loopback, the emulator's monitor"
        let added = { (name: String, index: Int, goal: String) in
            let values = pairs.map { $0.watched[index] - $0.bare[index] }
            return Figure(name: name, value: Stopwatch.median(values), unit: "ms", goal: goal, method: method)
        }
        let share = { (name: String, index: Int, goal: String?, how: String) in
            let values = pairs.map { $0.bare[index] / $0.watched[index] * 100 }
            return Figure(name: name, value: Stopwatch.median(values), unit: "% of bare", goal: goal, method: how)
        }
        return [
            added("interceptor: load", 0, "≤ 5 ms"),
            added("interceptor: first call, added", 1, "≤ 1 ms"),
            added("interceptor: each later call, added", 2, "≤ 0.1 ms p50"),
            added("interceptor: 99th percentile of them, added", 3, "≤ 0.5 ms"),
            share("interceptor: 500 calls at once, 100 ms each", 5, "≥ 95 %", "best of 6 in each of 11 pairs; median"),
            share("interceptor: 500 calls at once, nothing but CPU", 4, nil, "best of 6 in each of 11 pairs; median"),
            share("interceptor: 100 MB stream", 6, "≥ 95 %", "best of 3 in each of 11 pairs; median"),
        ]
    }
}
