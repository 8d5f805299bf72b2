import CRescue
import LambdaWire
import LmonHTTP
import LmonJSON
package import LmonRecord

/// The monitor core as an external extension of Lambda: registers, subscribes to telemetry, and loops.
///
/// It never exits before SHUTDOWN, whatever is wrong with its variables, its ports or its sinks: an extension that exits ends
/// the environment. Lives on one loop; `HoldMachine` decides, this performs.
package final class LambdaAgent: @unchecked Sendable {
    // Unchecked: everything after `start` happens on the loop.
    let configuration: AgentConfiguration
    let log: AgentLog
    let loop: Loop
    let core: MonitorCore
    let api: ExtensionsAPI
    let startedAt: Timestamp
    var sinks: AgentSinks?
    var ingest: Ingest?
    var machine: HoldMachine?
    var problems: [String]
    var environment: String
    var registration: ExtensionsAPI.Registration?
    /// Events that came while another was being handled.
    var events: [HoldMachine.Event] = []
    var isHandling = false
    var timers: [HoldMachine.Timer: LoopTimer] = [:]
    var sampler: Sampler
    /// Whose log lines telemetry is telling.
    var logging: String?
    var current = CurrentInvocation()
    /// Calls that came between two invocations, until it is known which one they belong to.
    var early: [Observation] = []
    /// Invocations that this was told of, and those whose cost was told.
    var begun = RecentNames(limit: 100)
    var costTold = RecentNames(limit: 100)
    var isShipTimed = false
    /// Of each sink, how its last delivery went.
    var outcomes: [String: String] = [:]
    /// `next` failed so often in a row.
    var nextFailures = 0
    var faults = Fault.fromVariables()
    private let finished: @Sendable (Int32) -> Void

    /// What is known of the invocation that is held, or of the last one.
    struct CurrentInvocation {
        var requestID: String?
        var isError: Bool?
        /// Its handler's end, as far as anything said so.
        var endedAt: Timestamp?
        /// Since when nothing was left to do.
        var idleSince: Timestamp?
        var shutdownReason: String?
        var shutdownDeadline: EpochTime?
        var shippedBytes = 0
    }

    package static let version = "1.0.0"

    /// `startedAt` is when the process began; `finished` is called once, on the loop, when it is to exit with a status.
    package init(
        _ configuration: AgentConfiguration,
        runtimeAPI: Endpoint,
        startedAt: Timestamp,
        finished: @escaping @Sendable (Int32) -> Void
    ) {
        self.configuration = configuration
        self.problems = configuration.problems
        self.log = AgentLog(configuration.log)
        self.startedAt = startedAt
        self.finished = finished
        self.loop = Loop()
        let keeps = configuration.tee == nil ? 0 : configuration.memoryBytes / 4
        self.core = MonitorCore(loop: self.loop, retainedRecords: keeps == 0 ? 0 : 5000, retainedBytes: keeps)
        self.api = ExtensionsAPI(runtimeAPI, name: configuration.name, loop: self.loop)
        self.sampler = Sampler(share: configuration.sample)
        self.environment = Self.newEnvironment()
    }

    static func newEnvironment() -> String {
        EnvironmentID.make(at: SystemClock.now(), random: (.random(in: 0 ... .max), .random(in: 0 ... .max)))
    }

    package func start() {
        self.loop.execute {
            lmon_rescue_guard_thread()
            self.beat()
            if self.configuration.isOff { return self.registerIdle() }
            self.openIngest()
            let sinks = AgentSinks(self.configuration, core: self.core) { [weak self] in self?.delivered($0) }
            self.sinks = sinks
            // Before the first record; what connects does so after init.
            sinks.attach(to: self.core)
            self.register(["INVOKE", "SHUTDOWN"])
        }
    }

    private func beat() {
        lmon_rescue_beat()
        self.loop.schedule(after: .milliseconds(100)) { self.beat() }
    }

    func finish(_ status: Int32) { self.finished(status) }

    // MARK: Init

    /// The port that interceptors know; if somebody else has it, one for telemetry alone.
    private func openIngest() {
        let address = self.configuration.address
        let host = SandboxName.address(of: address.host)
        do {
            self.ingest = try self.ingest(host, address.port)
        } catch let error {
            self.problems.append("calls are not seen: \(error)")
            self.ingest = try? self.ingest("127.0.0.1", 0)
        }
    }

    private func ingest(_ host: String, _ port: Int) throws(NetworkError) -> Ingest {
        try Ingest(
            environment: self.environment,
            function: self.configuration.function.name,
            host: host,
            port: port,
            redaction: Redaction(alsoNames: self.configuration.redact),
            capture: self.configuration.capture,
            on: self.loop
        ) { [weak self] in self?.receive($0) }
    }

    private func register(_ events: [String], attempt: Int = 1) {
        self.faults.strike("registering")
        self.api.register(events) { [weak self] result in
            guard let self else { return }
            switch result {
            case .success(let registration): self.registered(registration)
            // Managed Instances have no INVOKE for extensions.
            case .failure(let failure) where failure.status == 403 && events.contains("INVOKE"):
                self.register(["SHUTDOWN"], attempt: attempt + 1)
            case .failure(let failure):
                if attempt <= 3 { self.log.say(.error, "cannot register: \(failure)") }
                self.loop.schedule(after: .milliseconds(min(50 << attempt, 1000))) {
                    self.register(events, attempt: attempt + 1)
                }
            }
        }
    }

    private func registered(_ registration: ExtensionsAPI.Registration) {
        self.registration = registration
        registration.identifier.withCString { lmon_rescue_identify($0) }
        // What the agent prints must not come back to be printed.
        let types =
            self.configuration.printsRecords ? ["platform", "function"] : ["platform", "function", "extension"]
        guard let port = self.ingest?.port else { return self.ready(hasTelemetry: false) }
        self.faults.strike("subscribing")
        self.api.subscribe(types, port: port) { [weak self] result in
            guard let self else { return }
            // 202 is what emulators say that have none.
            if case .failure(let failure) = result, failure.status != 202 { self.problems.append("\(failure)") }
            self.ready(hasTelemetry: (try? result.get()) != nil)
        }
    }

    private func ready(hasTelemetry: Bool) {
        var machine = HoldMachine.Configuration(policy: self.configuration.flush)
        machine.budget = self.configuration.budget
        self.machine = HoldMachine(machine, hasTelemetry: hasTelemetry)
        self.tell(.environment, at: self.startedAt, self.description)
        self.handle(.started)
        self.tell(.agent, at: SystemClock.now(), self.readiness(hasTelemetry))
        self.openSinks()
        for problem in self.problems { self.log.say(.error, problem) }
        let goals = self.sinks?.names.joined(separator: ", ") ?? ""
        self.log.say(
            .info,
            "registered as \(self.configuration.name), \(hasTelemetry ? "with" : "without") telemetry; "
                + "capture \(self.configuration.capture.rawValue); records go to \(goals.isEmpty ? "nobody" : goals)"
        )
    }

    /// After the first `next`: what is slow about it is not init's.
    private func openSinks() {
        self.sinks?.connect()
        guard case .listen(let port)? = self.configuration.tee else { return }
        let limit = self.configuration.memoryBytes / 2
        self.sinks?.listen(port: port, limit: limit, self.core) { [weak self] in self?.log.say(.error, $0) }
    }

    var description: [UInt8] {
        let facts = self.configuration.function
        let registration = self.registration
        return JSONWriter.object {
            $0.member("functionName", facts.name)
            $0.member("functionVersion", registration.map(\.functionVersion) ?? facts.version)
            $0.member("handler", registration?.handler)
            $0.member("memorySizeMB", facts.memoryMB)
            $0.member("runtime", facts.runtime)
            $0.member("region", facts.region)
            $0.member("account", registration?.account)
            $0.member("initializationType", facts.initializationType ?? "on-demand")
            $0.member("agentVersion", Self.version)
        }
    }

    private func readiness(_ hasTelemetry: Bool) -> [UInt8] {
        JSONWriter.object { writer in
            writer.member("version", Self.version)
            writer.member("readyMs", SystemClock.now().milliseconds(since: self.startedAt))
            writer.member("telemetry", hasTelemetry)
            writer.member("bare", false)
            if self.configuration.sample < 1 { writer.member("sample", self.configuration.sample) }
            guard !self.problems.isEmpty else { return }
            writer.array("problems") { for problem in self.problems { $0.string(problem) } }
        }
    }

    // MARK: LMON=off

    /// Lambda waits for every extension to register and to ask once; one that asks for SHUTDOWN alone is never in the way.
    private func registerIdle() {
        self.api.register(["SHUTDOWN"]) { [weak self] result in
            guard let self else { return }
            if case .success(let registration) = result {
                registration.identifier.withCString { lmon_rescue_identify($0) }
                return self.idle()
            }
            self.loop.schedule(after: .milliseconds(500)) { self.registerIdle() }
        }
    }

    private func idle() {
        self.api.next { [weak self] result in
            guard let self else { return }
            if case .success(.shutdown) = result { return self.finish(0) }
            self.loop.schedule(after: .milliseconds(100)) { self.idle() }
        }
    }
}
