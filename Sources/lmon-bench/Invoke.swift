import ArgumentParser
import Foundation
import LmonAgent
import LmonEmulator
import LmonHTTP
import LmonRecord
import LmonStore
import LmonSupervisor

struct Invoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A warm and a cold invoke through the emulator, beside a bare relay."
    )

    @OptionGroup var output: OutputOptions

    func run() async throws {
        self.output.print(try await Self.measure())
    }

    private static let blocks = 24
    private static let perBlock = 200

    static func measure() async throws -> [Figure] {
        let supervisor = try Supervisor.start()
        let relay = try BareRelay()
        let relayRuntime = try await supervisor.spawn(
            ProcessRequest(
                executable: Supervisor.ownExecutable,
                arguments: ["__runtime"],
                environment: ["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(relay.port)"]
            )
        )
        let rig = try await EmulatorRig(supervisor: supervisor)
        let figures = try Self.warm(relayPort: relay.port, emulatorPort: rig.port)
        let cold = try await Self.cold(rig, supervisor)
        await rig.stop()
        supervisor.signal(relayRuntime, .kill)
        try relay.stop()
        supervisor.stop()
        return figures + cold
    }

    /// Blocks of invokes in turn, so that what else the machine does falls on both.
    private static func warm(relayPort: Int, emulatorPort: Int) throws -> [Figure] {
        let relay = try RawConnection(port: relayPort)
        let emulator = try RawConnection(port: emulatorPort)
        let path = "/2015-03-31/functions/echo/invocations"
        for connection in [relay, emulator] {
            for _ in 0..<Self.perBlock { _ = try connection.request("POST", path, body: Array("{}".utf8)) }
        }
        var ratios: [Double] = []
        var ours: [Double] = []
        var bare: [Double] = []
        for _ in 0..<Self.blocks {
            let theirs = try Self.block(relay, path)
            let mine = try Self.block(emulator, path)
            bare.append(Stopwatch.median(theirs) * 1000)
            ours.append(Stopwatch.median(mine) * 1000)
            ratios.append(Stopwatch.median(mine) / Stopwatch.median(theirs))
        }
        let method =
            "\(Self.blocks) interleaved blocks of \(Self.perBlock), raw-socket client and runtime, tee and session on"
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
        ]
    }

    private static func block(_ connection: RawConnection, _ path: String) throws -> [Double] {
        let event = Array(#"{"order":17}"#.utf8)
        return try (0..<Self.perBlock).map { _ in
            try Stopwatch.seconds { _ = try connection.request("POST", path, body: event) }
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

/// The emulator with monitoring and recording on, as `lmon emulate` joins them.
private final class EmulatorRig {
    let port: Int
    private let loop: Loop
    private let emulator: Emulator
    private let tee: Tee
    private let store: SessionStore
    private let folder: URL

    init(supervisor: Supervisor) async throws {
        self.loop = Loop()
        self.folder = FileManager.default.temporaryDirectory.appending(path: "lmon-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        let core = MonitorCore(loop: self.loop)
        self.tee = try await Tee.listen(host: "127.0.0.1", port: 0, core: core)
        self.store = try SessionStore.create(
            at: self.folder.appending(path: "bench.lmon").path,
            source: "bench",
            startedAt: SystemClock.now()
        )
        await core.attach(StoreSink(self.store))
        let names = ["echo"] + (0..<15).map { "cold\($0)" }
        let codeFolder = self.folder.path
        let functions = names.map { name in
            EmulatedFunction(
                name: name,
                runtime: .command(executable: Supervisor.ownExecutable, arguments: ["__runtime"]),
                handler: "echo",
                codeFolder: codeFolder
            )
        }
        var configuration = EmulatorConfiguration(functions: functions)
        configuration.port = 0
        self.emulator = try Emulator(
            configuration,
            loop: self.loop,
            supervisor: supervisor,
            hooks: CoreHooks(core: core),
            observe: { core.observe($0) }
        )
        self.port = try await self.emulator.start().port
    }

    func stop() async {
        await self.emulator.stop()
        await self.tee.close()
        self.store.close()
        await self.loop.shutdown()
        try? FileManager.default.removeItem(at: self.folder)
    }
}

private struct CoreHooks: EnvironmentHooks {
    let core: MonitorCore

    func opened(environment: String, function: String) throws -> [String: String] {
        ["LMON_ADDRESS": "127.0.0.1:\(try self.core.openIngest(environment: environment, function: function))"]
    }

    func quiesce(environment: String, then: @escaping @Sendable () -> Void) {
        self.core.quiesce(environment: environment, then: then)
    }

    func closed(environment: String) {
        self.core.closeIngest(environment: environment)
    }
}

private final class StoreSink: RecordSink {
    private let store: SessionStore

    init(_ store: SessionStore) {
        self.store = store
    }

    func accept(_ records: [Record]) {
        self.store.append(records)
    }
}
