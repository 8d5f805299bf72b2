import LambdaLifecycle
import LambdaWire
import LmonHTTP
import LmonRecord
import LmonSupervisor

extension Emulator {
    /// Starts the runtime's process, once the Runtime API listens.
    func spawn(_ generation: Int, _ environment: ExecutionEnvironment, _ slot: FunctionSlot) {
        environment.polls = []
        guard let port = environment.server?.port else {
            environment.spawnsWhenListening = true
            return
        }
        do {
            if !environment.isPrepared { try self.prepare(environment, slot.function) }
            let output = try RuntimeOutput()
            environment.output?.close()
            environment.output = output
            environment.process = ExecutionEnvironment.Process(generation: generation)
            let key = environment.key
            output.start(on: self.loop) { [unowned self] events in
                guard let environment = self.functions[key.function]?.environments[key.number] else { return }
                self.tell(events, environment)
            }
            var request = self.launch(slot.function, environment, runtimeAPI: "127.0.0.1:\(port)")
            request.fileDescriptors = output.writers
            self.start(request, generation, key)
            output.closeWriters()
        } catch {
            let key = environment.key
            // Later, since the machine is still being asked.
            self.loop.execute {
                self.assumeIsolated {
                    $0.handle(.spawnFailed(generation: generation, reason: "\(error)"), in: key)
                }
            }
        }
    }

    func prepare(_ environment: ExecutionEnvironment, _ function: EmulatedFunction) throws {
        _ = try self.folders.make(environment.name)
        _ = try self.folders.make("\(environment.name)/tmp")
        try self.writeHosts(environment)
        environment.variables = try self.hooks.opened(
            environment: environment.name,
            function: function.name,
            at: self.place(of: environment, function)
        )
        environment.isPrepared = true
    }

    private func start(_ request: ProcessRequest, _ generation: Int, _ key: ExecutionEnvironment.Key) {
        let loop = self.loop
        self.supervisor.spawn(request) { exit in
            loop.execute { self.assumeIsolated { $0.exited(exit, generation, key) } }
        } spawned: { result in
            loop.execute { self.assumeIsolated { $0.spawned(result, generation, key) } }
        }
    }

    private func spawned(
        _ result: Result<ProcessID, SpawnError>,
        _ generation: Int,
        _ key: ExecutionEnvironment.Key
    ) {
        guard let environment = self.functions[key.function]?.environments[key.number] else {
            if case .success(let process) = result { self.supervisor.signal(process, .kill) }
            return
        }
        switch result {
        case .success(let process):
            guard environment.process?.generation == generation else {
                self.supervisor.signal(process, .kill)
                return
            }
            environment.process?.identifier = process
            if environment.process?.isToBeKilled == true { self.supervisor.signal(process, .kill) }
        case .failure(let error):
            environment.process = nil
            self.handle(.spawnFailed(generation: generation, reason: error.description), in: key)
        }
    }

    /// What the process has sent before it ended may not have been read yet, and belongs before its end.
    private func exited(_ exit: ProcessExit, _ generation: Int, _ key: ExecutionEnvironment.Key) {
        guard let environment = self.functions[key.function]?.environments[key.number],
            environment.process?.generation == generation
        else { return }
        self.hooks.quiesce(environment: environment.name) {
            self.assumeIsolated { $0.ended(exit, generation, key) }
        }
    }

    private func ended(_ exit: ProcessExit, _ generation: Int, _ key: ExecutionEnvironment.Key) {
        guard let slot = self.functions[key.function], let environment = slot.environments[key.number],
            environment.process?.generation == generation
        else { return }
        self.drainOutput(environment, flush: true)
        environment.process = nil
        environment.polls = []
        self.handle(.memorySampled(megabytes: Self.megabytes(exit.peakMemory)), environment, slot)
        self.handle(.runtimeExited(generation: generation, RuntimeExit(exit)), environment, slot)
    }

    func kill(_ kill: EnvironmentAction.Kill, _ environment: ExecutionEnvironment) {
        guard let process = environment.process?.identifier else { return self.killBeforeStart(environment) }
        switch kill {
        case .kill: self.supervisor.signal(process, .kill)
        case .terminate: self.supervisor.signal(process, .terminate)
        }
    }

    /// Kills a process that the supervisor has not reported yet, or gives up one that waits for the listener.
    private func killBeforeStart(_ environment: ExecutionEnvironment) {
        environment.process?.isToBeKilled = true
        guard environment.spawnsWhenListening else { return }
        environment.spawnsWhenListening = false
        let (key, generation) = (environment.key, environment.machine.generation)
        // Later, since the machine is still being asked.
        self.loop.execute {
            self.assumeIsolated { $0.handle(.runtimeExited(generation: generation, .signal(9)), in: key) }
        }
    }

    // MARK: Output

    /// Reads what the runtime has written so far; with `flush` also what has no line's end yet.
    func drainOutput(_ environment: ExecutionEnvironment, flush: Bool = false) {
        environment.output?.drain(flush: flush) { self.tell($0, environment) }
    }

    private func tell(_ events: [LogAssembler.Event], _ environment: ExecutionEnvironment) {
        guard !events.isEmpty, let slot = self.functions[environment.key.function] else { return }
        let now = self.now()
        let isJSON = slot.function.variables["AWS_LAMBDA_LOG_FORMAT"]?.uppercased() == "JSON"
        for event in events {
            let time = event.microseconds.map(EpochTime.init(microseconds:)) ?? now
            environment.logTail?.append(event.message)
            environment.logTail?.append(CollectionOfOne(UInt8(ascii: "\n")))
            let line = Payload.logLine(event.message, isJSON: isJSON)
            environment.telemetry?.admit(.function, at: time, line)
            self.tell(.function, environment, at: time, requestID: environment.machine.requestIDInProgress, line)
        }
    }

    // MARK: Memory

    func sampleMemory(_ environment: ExecutionEnvironment) {
        guard let process = environment.process?.identifier, let memory = self.supervisor.memory(process) else {
            return
        }
        _ = environment.machine.handle(.memorySampled(megabytes: Self.megabytes(memory.peak)), at: self.now())
    }

    /// Looks every 50 ms at environments that run, as long as any does.
    func watchMemory() {
        guard !self.isWatchingMemory else { return }
        self.isWatchingMemory = true
        self.loop.schedule(after: .milliseconds(50)) {
            self.assumeIsolated { $0.lookAtMemory() }
        }
    }

    private func lookAtMemory() {
        self.isWatchingMemory = false
        var isAnyBusy = false
        for slot in self.functions.values {
            for environment in slot.environments.values where environment.machine.requestIDInProgress != nil {
                isAnyBusy = true
                guard let process = environment.process?.identifier, let memory = self.supervisor.memory(process) else {
                    continue
                }
                self.handle(.memorySampled(megabytes: Self.megabytes(memory.peak)), environment, slot)
                guard Self.megabytes(memory.resident) > slot.function.memoryMB else { continue }
                self.handle(.memoryExceeded, environment, slot)
            }
        }
        if isAnyBusy { self.watchMemory() }
    }

    private static func megabytes(_ bytes: UInt64) -> Int { Int((bytes + 1_048_575) / 1_048_576) }
}
