import Foundation
import LmonHTTP
import LmonRecord

/// Many invocations through the real agent, one environment after the other, while its sinks fail.
struct DeliveryRun {
    let agent: String
    let invocations: Int
    let calls: Int
    let environments: Int
    let rate: Double
    let seed: UInt64
    let flush: String
    let memory: Int
    let forgetsOneIn: Int?
    /// The collector is asked over https with it.
    let certificate: OwnCertificate?

    private static let token = "bench-token"

    func run() async throws -> DeliveryOutcome {
        let loop = Loop()
        let collector = try FaultySink(
            .records(token: Self.token, forgetsOneIn: self.forgetsOneIn),
            security: try self.certificate?.security,
            on: loop
        )
        let webhook = try FaultySink(.recaps, on: loop)
        var outcome = DeliveryOutcome()
        for number in 0..<self.environments {
            let before = number * self.invocations / self.environments
            let share = (number + 1) * self.invocations / self.environments - before
            try await self.environment(number, share, collector, webhook, loop, &outcome)
            Note.line("environment \(number + 1) of \(self.environments): \(outcome.invocations) invocations")
        }
        outcome.collector = await SinkOutcome(collector)
        outcome.webhook = await SinkOutcome(webhook)
        await collector.close()
        await webhook.close()
        await loop.shutdown()
        return outcome
    }

    private func environment(
        _ number: Int,
        _ invocations: Int,
        _ collector: FaultySink,
        _ webhook: FaultySink,
        _ loop: Loop,
        _ outcome: inout DeliveryOutcome
    ) async throws {
        let teePort = try FreePort.onLoopback()
        let stage = try await AgentStage.start(
            self.agent,
            self.variables(tee: teePort, collector.port, webhook.port),
            seed: self.seed &+ UInt64(number)
        )
        defer { stage.process.kill() }
        let tee = TeeReader(port: teePort, ledger: outcome.tee, on: loop)
        try await tee.connect(within: .seconds(10))
        let faults = Faults(seed: self.seed &* 31 &+ UInt64(number), collector, webhook, tee)
        let disturbing = Task { try await faults.run() }
        let start = ContinuousClock.now
        for index in 0..<invocations {
            let isDead = await collector.fault?.isDead ?? false
            let requestID = "\(self.seed)-\(number)-\(index)"
            let (times, ids) = try await stage.lambda.invoke(stage.function, requestID, calls: self.calls)
            outcome.add(times, ids, isDead: isDead)
            let left = start.advanced(by: .seconds(Double(index + 1) / self.rate)) - .now
            if left > .zero { try await Task.sleep(for: left) }
        }
        disturbing.cancel()
        _ = await disturbing.result
        try await faults.heal()
        // The last telemetry.
        try await Task.sleep(for: .milliseconds(100))
        outcome.shutdowns.append(try await stage.shutDown())
        await tee.end()
        outcome.tee = await tee.ledger
        outcome.oddities += await tee.oddities
        outcome.teeConnections += await tee.connections
        outcome.ended(stage.process, stage.function)
        await stage.close()
    }

    private func variables(tee: Int, _ collector: Int, _ webhook: Int) -> [String: String] {
        [
            "LMON_SPOOL": "\(self.certificate == nil ? "http" : "https")://localhost:\(collector)",
            "SSL_CERT_FILE": self.certificate?.path ?? "", "LMON_TOKEN": Self.token, "LMON_TEE": "listen:\(tee)",
            "LMON_WEBHOOK_URL": "http://127.0.0.1:\(webhook)/recap", "LMON_FLUSH": self.flush,
            "LMON_MEMORY_MB": "\(self.memory)", "LMON_CAPTURE": "all",
        ]
    }
}

/// Disturbs the sinks of one environment until it is cancelled.
private final class Faults: Sendable {
    private let seed: UInt64
    private let collector: FaultySink
    private let webhook: FaultySink
    private let tee: TeeReader

    init(seed: UInt64, _ collector: FaultySink, _ webhook: FaultySink, _ tee: TeeReader) {
        self.seed = seed
        self.collector = collector
        self.webhook = webhook
        self.tee = tee
    }

    func run() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await self.disturb(self.collector, seed: self.seed) }
            group.addTask { try await self.disturb(self.webhook, seed: self.seed &+ 1) }
            group.addTask { try await self.disturbReader() }
            try await group.waitForAll()
        }
    }

    func heal() async throws {
        try await self.collector.set(nil)
        try await self.webhook.set(nil)
        await self.tee.resumeReading()
    }

    private func disturb(_ sink: FaultySink, seed: UInt64) async throws {
        var schedule = FaultSchedule(seed: seed)
        while true {
            let (fault, milliseconds) = schedule.next()
            try await sink.set(fault)
            try await Task.sleep(for: .milliseconds(milliseconds))
        }
    }

    private func disturbReader() async throws {
        var random = SplitMix(seed: self.seed &+ 2)
        while true {
            try await Task.sleep(for: .milliseconds(.random(in: 100...1000, using: &random)))
            if Bool.random(using: &random) {
                await self.tee.comeBack()
            } else {
                await self.tee.stopReading()
                try await Task.sleep(for: .milliseconds(.random(in: 50...800, using: &random)))
                await self.tee.resumeReading()
            }
        }
    }
}
