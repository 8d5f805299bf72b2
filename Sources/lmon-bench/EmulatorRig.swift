import Foundation
import LmonAgent
import LmonEmulator
import LmonHTTP
import LmonRecord
import LmonStore
import LmonSupervisor

/// The emulator with monitoring and recording on, as `lmon emulate` joins them.
final class EmulatorRig {
    let port: Int
    private let loop: Loop
    private let emulator: Emulator
    private let tee: Tee
    private let store: SessionStore
    private let folder: URL

    init(supervisor: Supervisor, concurrency: Int = 10) async throws {
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
        configuration.concurrency = concurrency
        self.emulator = try Emulator(
            configuration,
            loop: self.loop,
            supervisor: supervisor,
            hooks: CoreHooks(core: core),
            observe: { core.observe($0) }
        )
        self.port = try await self.emulator.start().port
    }

    /// Seconds of CPU that the loop has spent so far.
    func cpuTime() async -> Double {
        await withCheckedContinuation { continuation in
            self.loop.execute { continuation.resume(returning: ThreadTime.seconds()) }
        }
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

    func opened(environment: String, function: String, at place: EnvironmentPlace) throws -> EnvironmentVariables {
        let port = try self.core.openIngest(environment: environment, function: function)
        return EnvironmentVariables(runtime: ["LMON_ADDRESS": "127.0.0.1:\(port)"])
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
