import ArgumentParser
import Foundation
import LmonInterceptors

struct Interceptor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What the interceptors for Node and Python add to start and to each call."
    )

    enum Language: String, CaseIterable, ExpressibleByArgument { case node, python }

    @Argument(help: "Which of them; both if there is none.") var languages = Language.allCases
    @OptionGroup var output: OutputOptions

    func run() async throws {
        if self.languages.contains(.node) { self.output.print(try await Self.measure()) }
        if self.languages.contains(.python) { self.output.print(try await PythonInterceptor.measure()) }
    }

    static func measure() async throws -> [Figure] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lmon-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, bytes) in InterceptorFiles.all { try Data(bytes).write(to: folder.appending(path: name)) }
        let program = folder.appending(path: "client.cjs")
        try Data(InterceptorProgram.client.utf8).write(to: program)
        let servers = try await InterceptorServers(folder)
        let bare = ["node", program.path, String(servers.upstream)]
        let watched = bare + [folder.appending(path: InterceptorFiles.preload).path]
        func clients() throws -> [CallingProcess] {
            try [bare, watched].map { try CallingProcess($0, servers, capture: "all") }
        }
        let pairs = try (0..<Self.pairs).map { _ in try Pair(try clients()) }
        // Where things lie in memory makes more of a difference here than what is measured.
        let streams = try (0..<Self.streamingPairs).map { _ in
            let clients = try clients()
            for client in clients { _ = try client.values("single /orders 3000") }
            return try Self.share(clients, "stream /stream 1")
        }
        await servers.stop()
        return Self.figures(pairs, streams)
    }

    private static let pairs = 11
    private static let streamingPairs = 25

    /// What a bare process and one with the preload took. They take turns, since the machine is not the same from second
    /// to second.
    private struct Pair {
        /// Milliseconds by which the second's median call, or another, is longer. For about 3000 calls V8 compiles what is
        /// hot, in threads that take from all processes where cores are few: those calls are a matter of their own.
        let added: [Double]
        /// What the bare one took of the other's time, turn by turn, in %.
        let shares: [Double]

        init(_ clients: [CallingProcess]) throws {
            let turns = try clients.flatMap { try $0.values("turn") }
            var calls: [[Double]] = [[], []]
            for _ in 0..<15 {
                for (kind, client) in clients.enumerated() { calls[kind] += try client.values("single /orders 300") }
            }
            func difference(_ values: [Double]) -> Double { values[1] - values[0] }
            func difference(_ range: Range<Int>, _ share: Double) -> Double {
                difference(calls.map { Stopwatch.percentile(Array($0[range]), share) })
            }
            let (early, later) = (300..<1500, 3000..<4500)
            self.added = [
                difference(clients.map(\.load)), difference(turns), difference(calls.map { $0[0] }),
                difference(later, 0.5), difference(later, 0.99), difference(early, 0.5), difference(early, 0.99),
            ]
            _ = try clients.map { try $0.values("many /orders 3") }
            self.shares = try ["many /slow 2", "many /orders 3"].map { try Interceptor.share(clients, $0) }
        }
    }

    /// What the first of two processes took of the second's time for an order, turn by turn, in %.
    private static func share(_ clients: [CallingProcess], _ order: String) throws -> Double {
        Stopwatch.median(
            try (0..<Self.turns).map { turn in
                let isFirst = turn % 2 == 0
                let times = try (isFirst ? clients : clients.reversed()).map { try $0.values(order).reduce(0, +) }
                return (isFirst ? times[0] / times[1] : times[1] / times[0]) * 100
            }
        )
    }

    private static let turns = 15

    private static func figures(_ pairs: [Pair], _ streams: [Double]) -> [Figure] {
        let method =
            "median of \(Self.pairs) pairs of node processes, bodies ≤ 1 KiB, upstream on loopback, the emulator's monitor"
        let added = { (name: String, index: Int, goal: String?) in
            let value = Stopwatch.median(pairs.map { $0.added[index] })
            return Figure(name: name, value: value, unit: "ms", goal: goal, method: method)
        }
        let share = { (name: String, shares: [Double], goal: String?) in
            let method = "\(Self.turns) turns in each of \(shares.count) pairs; median of medians"
            return Figure(
                name: name,
                value: Stopwatch.median(shares),
                unit: "% of bare",
                goal: goal,
                method: method
            )
        }
        return [
            added("interceptor: load", 0, "≤ 5 ms"),
            added("interceptor: first turn of the event loop, added", 1, nil),
            added("interceptor: first call, added", 2, "≤ 1 ms"),
            added("interceptor: each later call, added", 3, "≤ 0.1 ms p50"),
            added("interceptor: 99th percentile of them, added", 4, "≤ 0.5 ms"),
            added("interceptor: each call while V8 still compiles, added", 5, nil),
            added("interceptor: 99th percentile of them, added", 6, nil),
            share("interceptor: 500 calls at once, 100 ms each", pairs.map { $0.shares[0] }, "≥ 95 %"),
            share("interceptor: 500 calls at once, nothing but CPU", pairs.map { $0.shares[1] }, nil),
            share("interceptor: 100 MB stream", streams, "≥ 95 %"),
        ]
    }
}
