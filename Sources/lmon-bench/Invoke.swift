import ArgumentParser
import Foundation
import LmonSupervisor

struct Invoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A warm and a cold invoke through the emulator, beside a bare relay."
    )

    @OptionGroup var output: OutputOptions

    @Option(help: "Blocks of 200 warm invokes on each side.")
    var blocks = Self.usualBlocks

    func run() async throws {
        self.output.print(try await Self.measure(blocks: self.blocks))
    }

    static let usualBlocks = 24
    private static let perBlock = 200
    private static let path = "/2015-03-31/functions/echo/invocations"
    private static let event = Array(#"{"order":17}"#.utf8)

    static func measure(blocks: Int = Self.usualBlocks) async throws -> [Figure] {
        let supervisor = try Supervisor.start()
        let warm = try await Self.beside(supervisor, environments: 1) { try await Self.warm($0, $1, blocks) }
        let many = try await Self.beside(supervisor, environments: 8) { try await Self.many($0, $1, blocks) }
        let rig = try await EmulatorRig(supervisor: supervisor)
        let cold = try await Self.cold(rig, supervisor)
        await rig.stop()
        supervisor.stop()
        return warm + many + cold
    }

    /// Measures with a relay and an emulator that have as many runtimes each.
    private static func beside(
        _ supervisor: Supervisor,
        environments: Int,
        _ body: (BareRelay, EmulatorRig) async throws -> [Figure]
    ) async throws -> [Figure] {
        let relay = try BareRelay()
        let request = ProcessRequest(
            executable: Supervisor.ownExecutable,
            arguments: ["__runtime"],
            environment: ["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(relay.port)"]
        )
        var runtimes: [ProcessID] = []
        for _ in 0..<environments { runtimes.append(try await supervisor.spawn(request)) }
        let rig = try await EmulatorRig(supervisor: supervisor, concurrency: environments)
        let figures = try await body(relay, rig)
        await rig.stop()
        for runtime in runtimes { supervisor.signal(runtime, .kill) }
        try relay.stop()
        return figures
    }

    /// Blocks of invokes in turn, so that what else the machine does falls on both.
    private static func warm(_ relay: BareRelay, _ rig: EmulatorRig, _ blocks: Int) async throws -> [Figure] {
        let toRelay = try RawConnection(port: relay.port)
        let toEmulator = try RawConnection(port: rig.port)
        for connection in [toRelay, toEmulator] { _ = try Self.block(connection) }
        var ratios: [Double] = []
        var ours: [Double] = []
        var bare: [Double] = []
        var used = LoopTimes()
        for _ in 0..<blocks {
            let start = (try relay.cpuTime(), await rig.cpuTime())
            let theirs = try Self.block(toRelay)
            let mine = try Self.block(toEmulator)
            used.add(try relay.cpuTime() - start.0, await rig.cpuTime() - start.1, invokes: Self.perBlock)
            bare.append(Stopwatch.median(theirs) * 1000)
            ours.append(Stopwatch.median(mine) * 1000)
            ratios.append(Stopwatch.median(mine) / Stopwatch.median(theirs))
        }
        let method =
            "\(blocks) interleaved blocks of \(Self.perBlock), raw-socket client and runtime, tee and session on"
        return [
            Figure(name: "bare relay, one invoke", value: Stopwatch.median(bare), unit: "ms", goal: nil, method: "p50"),
            Figure(name: "warm invoke", value: Stopwatch.median(ours), unit: "ms", goal: nil, method: "p50"),
            Figure(
                name: "warm invoke, against the bare relay",
                value: Stopwatch.median(ratios),
                unit: "×",
                goal: "≤ 1.15 ×",
                method: method
            ),
        ] + used.figures("a warm invoke")
    }

    /// Waves of one invoke from each of 32 clients, so that as a rule everyone waits for a runtime.
    private static func many(_ relay: BareRelay, _ rig: EmulatorRig, _ blocks: Int) async throws -> [Figure] {
        let toRelay = try (0..<32).map { _ in try RawConnection(port: relay.port) }
        let toEmulator = try (0..<32).map { _ in try RawConnection(port: rig.port) }
        for connections in [toRelay, toEmulator] { try Self.wave(connections) }
        var used = LoopTimes()
        for _ in 0..<blocks {
            let start = (try relay.cpuTime(), await rig.cpuTime())
            for _ in 0..<5 { try Self.wave(toRelay) }
            for _ in 0..<5 { try Self.wave(toEmulator) }
            used.add(try relay.cpuTime() - start.0, await rig.cpuTime() - start.1, invokes: 5 * 32)
        }
        return used.figures("one of 32")
    }

    private static func wave(_ connections: [RawConnection]) throws {
        for connection in connections { try connection.send("POST", Self.path, body: Self.event) }
        for connection in connections { _ = try connection.receive() }
    }

    /// CPU of the two loops for each invoke, block by block.
    private struct LoopTimes {
        private var relay: [Double] = []
        private var emulator: [Double] = []

        mutating func add(_ relay: Double, _ emulator: Double, invokes: Int) {
            self.relay.append(relay / Double(invokes) * 1e6)
            self.emulator.append(emulator / Double(invokes) * 1e6)
        }

        func figures(_ name: String) -> [Figure] {
            [
                Figure(
                    name: "CPU of the loop for \(name)",
                    value: Stopwatch.median(self.emulator),
                    unit: "µs",
                    goal: nil,
                    method: "the relay's: \(Int(Stopwatch.median(self.relay).rounded())) µs; medians of the blocks"
                ),
                Figure(
                    name: "CPU of the loop for \(name), to the relay's",
                    value: Stopwatch.median(zip(self.emulator, self.relay).map { $0 / $1 }),
                    unit: "×",
                    goal: "≤ 1.3 ×",
                    method: "of the loop's thread, median of the blocks' ratios"
                ),
            ]
        }
    }

    private static func block(_ connection: RawConnection) throws -> [Double] {
        try (0..<Self.perBlock).map { _ in
            try Stopwatch.seconds { _ = try connection.request("POST", Self.path, body: Self.event) }
        }
    }

    /// A first invoke in a new environment, less what the runtime's process takes to start by itself.
    private static func cold(_ rig: EmulatorRig, _ supervisor: Supervisor) async throws -> [Figure] {
        var added: [Double] = []
        for index in 0..<15 {
            let name = "cold\(index)"
            let connection = try RawConnection(port: rig.port)
            let whole = try Stopwatch.seconds {
                _ = try connection.request("POST", "/2015-03-31/functions/\(name)/invocations", body: Array("{}".utf8))
            }
            let listener = try BareRelay()
            let start = ContinuousClock.now
            let process = try await supervisor.spawn(
                ProcessRequest(
                    executable: Supervisor.ownExecutable,
                    arguments: ["__runtime"],
                    environment: ["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(listener.port)"]
                )
            )
            let caller = try RawConnection(port: listener.port)
            _ = try caller.request("POST", "/invoke", body: Array("{}".utf8))
            let bare = Stopwatch.seconds(start.duration(to: .now))
            supervisor.signal(process, .kill)
            try listener.stop()
            added.append((whole - bare) * 1000)
        }
        return [
            Figure(
                name: "cold invoke, added to the runtime's bare start",
                value: Stopwatch.median(added),
                unit: "ms",
                goal: "≤ 10 ms",
                method: "median of 15; the same program started against the bare relay"
            )
        ]
    }
}
