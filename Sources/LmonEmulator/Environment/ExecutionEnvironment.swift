import LambdaLifecycle
import LambdaWire
import LmonHTTP
import LmonSupervisor

/// One execution environment: its rules, and what the emulator holds to perform them. Belongs to the emulator's actor.
final class ExecutionEnvironment {
    /// Names it within the emulator.
    struct Key: Hashable, Sendable {
        let function: String
        let number: Int
    }

    let key: Key
    /// Names it to the world: a ULID.
    let name: String
    let logStream: String
    /// Below the emulator's temporary root; its `tmp` survives resets.
    let folder: String
    var machine: EnvironmentMachine
    var server: HTTPServer?
    /// Its own loopback address, in the sandbox.
    let address: String?
    /// What the monitor wants the runtime to have.
    var variables = EnvironmentVariables()
    /// It has its folders, and the monitor knows it.
    var isPrepared = false
    var process: Process?
    var extensions = EnvironmentExtensions()
    /// Nil where there are no extensions.
    var telemetry: TelemetryHub?
    var output: RuntimeOutput?
    /// Open calls of `next`.
    var polls: [(number: Int, responder: Responder)] = []
    /// The call that is being handled: answered, or held, before the event's actions end.
    var call: Responder?
    private var pollNumber = 0
    var timers = Timers()
    /// Kept only while an invocation wants it.
    var logTail: LogTail?
    /// The runtime is to be started as soon as there is a listener.
    var spawnsWhenListening = false

    /// The runtime's process of one generation.
    struct Process {
        var generation: Int
        /// Nil until the supervisor has said so.
        var identifier: ProcessID?
        var isToBeKilled = false
    }

    /// A deadline, and the loop's timer that looks at it. The loop's timer is not moved with each deadline: when it
    /// fires early, it is set again.
    struct Timer {
        var deadline: EpochTime?
        var scheduledFor: EpochTime?
    }

    struct Timers {
        private var timers = [Timer](repeating: Timer(), count: EnvironmentTimer.allCases.count)

        subscript(timer: EnvironmentTimer) -> Timer {
            get { self.timers[timer.rawValue] }
            set { self.timers[timer.rawValue] = newValue }
        }
    }

    init(
        key: Key,
        name: String,
        logStream: String,
        folder: String,
        address: String?,
        machine: EnvironmentMachine
    ) {
        self.address = address
        self.key = key
        self.name = name
        self.logStream = logStream
        self.folder = folder
        self.machine = machine
    }

    /// Keeps the call that is being handled until there is an event; returns its number.
    func hold() -> Int? {
        guard let call = self.call else { return nil }
        self.call = nil
        self.pollNumber += 1
        self.polls.append((self.pollNumber, call))
        return self.pollNumber
    }
}
