import Foundation
import LmonInterceptors

/// The Python interceptor beside OpenTelemetry's instrumentation of requests, and both beside neither: a process each, which
/// take turns.
enum PythonInterceptor {
    private static let kinds = ["bare", "lmon", "opentelemetry"]

    /// Nothing but a line that says so where there is no Python with these packages.
    static func measure() throws -> [Figure] {
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
        let servers = try InterceptorServers(folder)
        var loads: [[Double]] = []
        // The first fills the caches of Python and of the disk.
        for round in 0..<8 {
            let clients = try Self.kinds.map { try PythonClient(python, $0, folder, servers) }
            if round > 0 { loads.append(clients.map(\.load)) }
        }
        let all = try Self.figures(Self.clients(python, folder, servers, capture: "all"), loads)
        return all + (try Self.later(Self.clients(python, folder, servers, capture: "headers"), "headers", ["orders"]))
    }

    private static func clients(_ python: String, _ folder: URL, _ servers: InterceptorServers, capture: String) throws
        -> [PythonClient]
    {
        try self.kinds.map { try PythonClient(python, $0, folder, servers, capture: capture) }
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

    private static func figures(_ clients: [PythonClient], _ loads: [[Double]]) throws -> [Figure] {
        let added = { (kind: Int) in Stopwatch.median(loads.map { $0[kind] }) }
        let first = try clients.map { try $0.block("orders", 1)[1] / 1000 }
        let how = "over a process that has requests; median of 7"
        return [
            Figure(name: "python interceptor: load", value: added(1), unit: "ms", goal: nil, method: how),
            Figure(name: "opentelemetry: load", value: added(2), unit: "ms", goal: nil, method: how),
            Figure(
                name: "python interceptor: first call, added",
                value: first[1] - first[0],
                unit: "ms",
                goal: nil,
                method: "once"
            ),
            Figure(
                name: "opentelemetry: first call, added",
                value: first[2] - first[0],
                unit: "ms",
                goal: nil,
                method: "once"
            ),
        ] + (try Self.later(clients, "all", ["near", "orders"]))
    }

    private static func later(_ clients: [PythonClient], _ capture: String, _ paths: [String]) throws -> [Figure] {
        for client in clients { _ = try client.block("orders", 300) }
        return try paths.flatMap { path in
            var times = clients.map { _ in [Double]() }
            var used = times
            for _ in 0..<30 {
                for (index, client) in clients.enumerated() {
                    let block = try client.block(path, path == "near" ? 50 : 100)
                    used[index].append(block[0])
                    times[index] += block.dropFirst()
                }
            }
            return Self.figures(
                times,
                used,
                "capture \(capture), \(path == "near" ? "upstream 2 ms away" : "upstream at once")"
            )
        }
    }

    private static func figures(_ times: [[Double]], _ used: [[Double]], _ what: String) -> [Figure] {
        let middle = times.map(Stopwatch.median), high = times.map { Stopwatch.percentile($0, 0.99) }
        let cpu = used.map(Stopwatch.median)
        let how = "\(what); 30 blocks in turn"
        let row = { (name: String, values: [Double], kind: Int) in
            Figure(name: name, value: values[kind] - values[0], unit: "µs", goal: nil, method: how)
        }
        return [
            row("python interceptor: each later call, added", middle, 1), row("opentelemetry: the same", middle, 2),
            Figure(
                name: "python interceptor: of what OpenTelemetry adds",
                value: (middle[1] - middle[0]) / (middle[2] - middle[0]) * 100,
                unit: "%",
                goal: "< 50 %",
                method: how
            ),
            row("python interceptor: 99th percentile, added", high, 1), row("opentelemetry: the same", high, 2),
            row("python interceptor: CPU of each, added", cpu, 1), row("opentelemetry: the same", cpu, 2),
        ]
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
