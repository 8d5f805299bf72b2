import ArgumentParser
import Foundation
import LmonInterceptors

struct Interceptor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What the Node interceptor adds to start and to each call."
    )

    @OptionGroup var output: OutputOptions

    func run() async throws {
        self.output.print(try Self.measure())
    }

    static func measure() throws -> [Figure] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lmon-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, bytes) in InterceptorFiles.all { try Data(bytes).write(to: folder.appending(path: name)) }
        try Data(Self.program.utf8).write(to: folder.appending(path: "calls.cjs"))
        let preload = folder.appending(path: InterceptorFiles.preload).path
        var load: [Double] = []
        var first: [Double] = []
        var later: [Double] = []
        for _ in 0..<11 {
            let bare = try Self.run(folder, preload: nil)
            let watched = try Self.run(folder, preload: preload)
            load.append(watched[0] - bare[0])
            first.append(watched[1] - bare[1])
            later.append(watched[2] - bare[2])
        }
        let method = "median of 11 pairs of node processes, bodies ≤ 1 KiB, ingest and upstream on loopback"
        return [
            Self.figure("interceptor: load", load, "≤ 5 ms", method),
            Self.figure("interceptor: first call, added", first, "≤ 1 ms", method),
            Self.figure("interceptor: each later call, added", later, "≤ 0.1 ms p50", method),
        ]
    }

    private static func figure(_ name: String, _ values: [Double], _ goal: String, _ method: String) -> Figure {
        Figure(name: name, value: Stopwatch.median(values), unit: "ms", goal: goal, method: method)
    }

    /// Loads `http` and `https`, then the preload (timed), then makes calls (first, and the median of the later ones).
    private static let program = """
        'use strict';
        const http = require('http');
        require('https');
        const agent = new http.Agent({ keepAlive: true });
        const ingest = http.createServer((q, s) => { q.resume(); q.on('end', () => s.end()); });
        const upstream = http.createServer((q, s) => { q.resume(); q.on('end', () => s.end('{"ok":true}')); });
        const call = port => new Promise((resolve, reject) => {
            const start = process.hrtime.bigint();
            const request = http.request({ port, method: 'POST', agent, path: '/orders' }, response => {
                response.resume();
                response.on('end', () => resolve(Number(process.hrtime.bigint() - start) / 1e6));
            });
            request.on('error', reject);
            request.end('x'.repeat(1000));
        });
        ingest.listen(0, '127.0.0.1', () => upstream.listen(0, '127.0.0.1', async () => {
            process.env.LMON_ADDRESS = '127.0.0.1:' + ingest.address().port;
            const started = process.hrtime.bigint();
            if (process.argv[2]) require(process.argv[2]);
            const loaded = Number(process.hrtime.bigint() - started) / 1e6;
            const port = upstream.address().port;
            const times = [];
            for (let i = 0; i < 1500; i++) times.push(await call(port));
            const later = times.slice(300).sort((a, b) => a - b);
            console.log(JSON.stringify([loaded, times[0], later[later.length >> 1]]));
            process.exit(0);
        }));
        """

    private static func run(_ folder: URL, preload: String?) throws -> [Double] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["node", folder.appending(path: "calls.cjs").path] + (preload.map { [$0] } ?? [])
        var environment = ProcessInfo.processInfo.environment
        environment["LMON_CAPTURE"] = "all"
        process.environment = environment
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode([Double].self, from: data)
    }
}
