import LambdaLifecycle
import LambdaWire
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonSupervisor

extension Emulator {
    /// Makes an environment; its listener opens while its first event is being handled.
    func open(_ number: Int, _ slot: FunctionSlot) {
        let now = self.now()
        let name = EnvironmentID.make(at: now.timestamp, random: self.identifiers.pair())
        let logStream = LambdaName.logStream(
            date: String(now.timestamp.description.prefix(10)),
            version: "$LATEST",
            identifier: self.identifiers.hexadecimal(words: 2)
        )
        let environment = ExecutionEnvironment(
            key: ExecutionEnvironment.Key(function: slot.function.name, number: number),
            name: name,
            logStream: logStream,
            folder: "\(self.folders.root)/\(name)",
            address: self.ownAddress(slot.function),
            machine: EnvironmentMachine(self.machineConfiguration(slot.function, logStream))
        )
        slot.environments[number] = environment
        self.tell(.environment, environment, at: now, self.description(of: environment, slot.function))
        self.listen(for: environment)
    }

    private func machineConfiguration(
        _ function: EmulatedFunction,
        _ logStream: String
    ) -> EnvironmentMachine.Configuration {
        var machine = EnvironmentMachine.Configuration(
            functionName: function.name,
            logStream: logStream,
            memoryMB: function.memoryMB,
            runtimeVersion: function.runtimeName,
            timeout: function.timeout.span
        )
        machine.extensions = function.extensions.map(\.name)
        machine.hasTimeouts = self.configuration.hasTimeouts
        if !self.configuration.freezes { machine.freezeDelay = nil }
        return machine
    }

    private func description(of environment: ExecutionEnvironment, _ function: EmulatedFunction) -> [UInt8] {
        JSONWriter.object {
            $0.member("functionName", function.name)
            $0.member("functionVersion", "$LATEST")
            $0.member("handler", function.handler)
            $0.member("memorySizeMB", function.memoryMB)
            $0.member("timeoutMs", Int(function.timeout.span.microseconds / 1000))
            $0.member("runtime", function.runtimeName)
            $0.member("region", self.configuration.region)
            $0.member("account", self.configuration.account)
            $0.member("logStream", environment.logStream)
            $0.member("codeFolder", function.codeFolder)
            $0.member("initializationType", "on-demand")
            $0.member("emulated", true)
        }
    }

    // MARK: Events

    /// For events that come from outside by way of a closure: the environment may be gone by then.
    func handle(_ event: EnvironmentEvent, in key: ExecutionEnvironment.Key) {
        guard let slot = self.functions[key.function], let environment = slot.environments[key.number] else { return }
        self.handle(event, environment, slot)
    }

    func handle(_ event: EnvironmentEvent, _ environment: ExecutionEnvironment, _ slot: FunctionSlot) {
        let now = self.now()
        for action in environment.machine.handle(event, at: now) {
            self.perform(action, environment, slot, at: now)
        }
    }

    // MARK: Actions

    private func perform(
        _ action: EnvironmentAction,
        _ environment: ExecutionEnvironment,
        _ slot: FunctionSlot,
        at now: EpochTime
    ) {
        switch action {
        case .spawn(let generation): self.spawn(generation, environment, slot)
        case .kill(let kill): self.kill(kill, environment)
        case .freeze: self.freeze(environment)
        case .thaw: self.thaw(environment)
        case .quiesce(let ticket): self.quiesce(ticket, environment)
        case .sampleMemory: self.sampleMemory(environment)
        case .hold: self.hold(environment)
        case .deliver(let invocation, let deadline): self.deliver(invocation, deadline, environment)
        case .accept: self.accept(environment)
        case .refuse(let error): self.refuse(error, environment)
        case .spawnExtension(let name, let generation): self.spawnExtension(name, generation, environment, slot)
        case .killExtension(let name): self.killExtension(name, environment)
        case .registered(let identifier): self.answerRegistration(identifier, environment, slot)
        case .holdExtension(let identifier): self.holdExtension(identifier, environment)
        case .deliverToExtension(let identifier, let event): self.deliver(event, to: identifier, environment)
        case .refuseExtension(let error): self.refuse(error, environment)
        case .tellExtension(let member): self.tellExtension(member, environment, at: now)
        case .emit(let event): self.emit(event, environment, at: now)
        case .log(let line): environment.logTail?.append(line.text.utf8)
        case .began(let invocation, let deadline): self.began(invocation, deadline, environment, at: now)
        case .result(let requestID, let outcome):
            slot.pool.responded(environment.key.number, at: now)
            self.tell(.invocationResult, environment, at: now, requestID: requestID) {
                Payload.write(outcome, to: &$0)
            }
        case .answer(let requestID, let outcome):
            let tail = environment.logTail
            environment.logTail = nil
            self.answer(requestID, outcome, tail: tail, slot)
        case .shuttingDown(let reason):
            environment.telemetry?.flush()
            self.tell(.shutdown, environment, at: now, Payload.shutdown(reason, deadline: now))
        case .setTimer(let timer, let time): self.set(timer, time, environment)
        case .cancelTimer(let timer): environment.timers[timer].deadline = nil
        case .available: self.perform(slot.pool.available(environment.key.number, at: now), slot)
        case .ended: self.end(environment, slot, at: now)
        }
    }

    private func began(
        _ invocation: Invocation,
        _ deadline: EpochTime,
        _ environment: ExecutionEnvironment,
        at now: EpochTime
    ) {
        environment.telemetry?.closeSubscriptions()
        self.tell(.invocationEvent, environment, at: now, requestID: invocation.requestID) {
            Payload.write(invocation, deadline: deadline, to: &$0)
        }
        self.watchMemory()
    }

    private func end(_ environment: ExecutionEnvironment, _ slot: FunctionSlot, at now: EpochTime) {
        environment.output?.close()
        environment.output = nil
        self.closeExtensionOutput(environment)
        environment.telemetry?.close()
        environment.telemetry = nil
        self.perform(slot.pool.ended(environment.key.number, at: now), slot)
        guard let server = environment.server else { return self.closed(environment, slot) }
        environment.server = nil
        let key = environment.key
        server.close {
            self.assumeIsolated { emulator in
                guard let slot = emulator.functions[key.function], let environment = slot.environments[key.number]
                else { return }
                emulator.closed(environment, slot)
            }
        }
    }

    // MARK: Telling

    func tell(
        _ type: RecordType,
        _ environment: ExecutionEnvironment,
        at time: EpochTime,
        requestID: String? = nil,
        _ payload: [UInt8]
    ) {
        self.observe(
            Observation(
                environment: environment.name,
                function: environment.key.function,
                time: time.timestamp,
                type: type,
                requestID: requestID,
                payload: payload
            )
        )
    }

    /// The same with a payload that is written when there is time for it.
    private func tell(
        _ type: RecordType,
        _ environment: ExecutionEnvironment,
        at time: EpochTime,
        requestID: String?,
        writer: @escaping Observation.PayloadWriter
    ) {
        self.observe(
            Observation(
                environment: environment.name,
                function: environment.key.function,
                time: time.timestamp,
                type: type,
                requestID: requestID,
                writer: writer
            )
        )
    }

    func emit(
        _ event: PlatformEvent,
        _ environment: ExecutionEnvironment,
        at now: EpochTime,
        toExtensions: Bool = true
    ) {
        if case .initStart = event { self.openTelemetry(environment) }
        if toExtensions, let telemetry = environment.telemetry {
            telemetry.admit(event.recordType, at: now) {
                event.write(to: &$0) { $1.timestamp(Timestamp(microseconds: $0.microseconds / 1000 * 1000)) }
            }
        }
        self.tell(event.recordType, environment, at: now, requestID: event.requestID) {
            event.write(to: &$0) { $1.timestamp(Timestamp(microseconds: $0.microseconds / 1000 * 1000)) }
        }
    }

    // MARK: Freezing

    private func quiesce(_ ticket: Int, _ environment: ExecutionEnvironment) {
        let (key, loop) = (environment.key, self.loop)
        self.hooks.quiesce(environment: environment.name) {
            // As a task: whoever calls may be handling what a socket has received.
            loop.execute { self.assumeIsolated { $0.becameQuiet(ticket, key) } }
        }
    }

    private func becameQuiet(_ ticket: Int, _ key: ExecutionEnvironment.Key) {
        guard let environment = self.functions[key.function]?.environments[key.number] else { return }
        self.drainOutput(environment, flush: true)
        self.drainExtensionOutput(environment, flush: true)
        self.handle(.quiesced(ticket: ticket), in: key)
    }

    private func freeze(_ environment: ExecutionEnvironment) {
        guard let process = environment.process?.identifier else { return }
        self.supervisor.signal(process, .stop)
        self.signalExtensions(.stop, environment)
        environment.telemetry?.pause()
        self.tell(.freeze, environment, at: self.now(), Payload.empty)
    }

    private func thaw(_ environment: ExecutionEnvironment) {
        guard let process = environment.process?.identifier else { return }
        self.tell(.thaw, environment, at: self.now(), Payload.empty)
        self.signalExtensions(.resume, environment)
        self.supervisor.signal(process, .resume)
        environment.telemetry?.resume()
    }

    // MARK: Time

    /// The loop's timer is left alone if it fires before the new deadline: it then looks again.
    private func set(_ timer: EnvironmentTimer, _ deadline: EpochTime, _ environment: ExecutionEnvironment) {
        let scheduled = environment.timers[timer].scheduledFor
        environment.timers[timer].deadline = deadline
        if let scheduled, scheduled <= deadline { return }
        self.schedule(timer, deadline, environment)
    }

    private func schedule(_ timer: EnvironmentTimer, _ deadline: EpochTime, _ environment: ExecutionEnvironment) {
        environment.timers[timer].scheduledFor = deadline
        let key = environment.key
        self.loop.schedule(after: self.delay(until: deadline)) {
            self.assumeIsolated { $0.timerFired(timer, scheduledFor: deadline, key) }
        }
    }

    private func timerFired(_ timer: EnvironmentTimer, scheduledFor time: EpochTime, _ key: ExecutionEnvironment.Key) {
        guard let slot = self.functions[key.function], let environment = slot.environments[key.number],
            environment.timers[timer].scheduledFor == time
        else { return }
        environment.timers[timer].scheduledFor = nil
        guard let deadline = environment.timers[timer].deadline else { return }
        guard deadline <= self.now() else { return self.schedule(timer, deadline, environment) }
        environment.timers[timer].deadline = nil
        if timer == .invocation { self.drainOutput(environment, flush: true) }
        self.handle(.timerFired(timer), environment, slot)
    }
}

extension PlatformEvent {
    fileprivate var recordType: RecordType {
        switch self {
        case .initStart: .initStart
        case .initRuntimeDone: .initRuntimeDone
        case .initReport: .initReport
        case .start: .start
        case .runtimeDone: .runtimeDone
        case .report: .report
        case .telemetrySubscription: .telemetrySubscription
        case .extension: .platformExtension
        case .logsDropped: .logsDropped
        }
    }
}
