import LambdaLifecycle
import LambdaWire
import LmonHTTP
import LmonRecord
import LmonSupervisor

extension Emulator {
    /// Starts an external extension, once the APIs listen.
    func spawnExtension(_ name: String, _ generation: Int, _ environment: ExecutionEnvironment, _ slot: FunctionSlot) {
        guard let port = environment.server?.port else {
            environment.extensions.waiting.append((name, generation))
            return
        }
        let key = environment.key
        func fail(_ errorType: String, _ reason: String) {
            // Later, since the machine is still being asked.
            self.loop.execute {
                self.assumeIsolated {
                    let event = EnvironmentEvent.extensionSpawnFailed(
                        generation: generation,
                        name: name,
                        errorType: errorType,
                        reason: reason
                    )
                    $0.handle(event, in: key)
                }
            }
        }
        guard let program = slot.function.extensions.first(where: { $0.name == name }) else {
            return fail("UnknownError", "there is no extension \(name)")
        }
        if let error = program.launchError {
            return fail(error, program.launchReason ?? "fork/exec \(program.executable): \(error)")
        }
        do {
            if !environment.isPrepared { try self.prepare(environment, slot.function) }
            let process = ExtensionProcess(generation: generation)
            let output = try RuntimeOutput()
            process.output = output
            environment.extensions.processes[name] = process
            output.start(on: self.loop) { [unowned self] events in
                guard let environment = self.functions[key.function]?.environments[key.number] else { return }
                self.tellExtension(events, environment)
            }
            var request = self.launch(program, slot.function, environment, runtimeAPI: "127.0.0.1:\(port)")
            request.fileDescriptors = output.writers.filter { $0.key != RuntimeOutput.telemetryDescriptor }
            self.startExtension(request, name, generation, key)
            output.closeWriters()
        } catch {
            fail("UnknownError", "\(error)")
        }
    }

    private func startExtension(
        _ request: ProcessRequest,
        _ name: String,
        _ generation: Int,
        _ key: ExecutionEnvironment.Key
    ) {
        let loop = self.loop
        self.supervisor.spawn(request) { exit in
            loop.execute { self.assumeIsolated { $0.extensionExited(exit, name, generation, key) } }
        } spawned: { result in
            loop.execute { self.assumeIsolated { $0.extensionSpawned(result, name, generation, key) } }
        }
    }

    private func extensionSpawned(
        _ result: Result<ProcessID, SpawnError>,
        _ name: String,
        _ generation: Int,
        _ key: ExecutionEnvironment.Key
    ) {
        let process = self.functions[key.function]?.environments[key.number]?.extensions.processes[name]
        switch result {
        case .success(let identifier):
            guard let process, process.generation == generation else {
                self.supervisor.signal(identifier, .kill)
                return
            }
            process.identifier = identifier
            if process.isToBeKilled { self.supervisor.signal(identifier, .kill) }
        case .failure(let error):
            let event = EnvironmentEvent.extensionSpawnFailed(
                generation: generation,
                name: name,
                errorType: error.description.contains("permission denied") ? "PermissionDenied" : "UnknownError",
                reason: "fork/exec \(error)"
            )
            self.handle(event, in: key)
        }
    }

    private func extensionExited(
        _ exit: ProcessExit,
        _ name: String,
        _ generation: Int,
        _ key: ExecutionEnvironment.Key
    ) {
        guard let environment = self.functions[key.function]?.environments[key.number],
            let process = environment.extensions.processes[name], process.generation == generation
        else { return }
        process.output?.drain(flush: true) { self.tellExtension($0, environment) }
        process.output?.close()
        environment.extensions.processes[name] = nil
        self.handle(.extensionExited(generation: generation, name: name, RuntimeExit(exit)), in: key)
    }

    func killExtension(_ name: String, _ environment: ExecutionEnvironment) {
        guard let process = environment.extensions.processes[name] else { return }
        guard let identifier = process.identifier else {
            process.isToBeKilled = true
            return
        }
        self.supervisor.signal(identifier, .kill)
    }

    /// To every process of the environment's extensions.
    func signalExtensions(_ signal: ProcessSignal, _ environment: ExecutionEnvironment) {
        for process in environment.extensions.processes.values {
            guard let identifier = process.identifier else { continue }
            self.supervisor.signal(identifier, signal)
        }
    }

    func closeExtensionOutput(_ environment: ExecutionEnvironment) {
        for process in environment.extensions.processes.values { process.output?.close() }
    }

    // MARK: Output

    func drainExtensionOutput(_ environment: ExecutionEnvironment, flush: Bool) {
        for process in environment.extensions.processes.values {
            process.output?.drain(flush: flush) { self.tellExtension($0, environment) }
        }
    }

    private func tellExtension(_ events: [LogAssembler.Event], _ environment: ExecutionEnvironment) {
        let now = self.now()
        for event in events {
            let time = event.microseconds.map(EpochTime.init(microseconds:)) ?? now
            let line = Payload.logLine(event.message, isJSON: false)
            environment.telemetry?.admit(.extension, at: time, line)
            self.tell(.extension, environment, at: time, line)
        }
    }
}

extension RuntimeExit {
    init(_ exit: ProcessExit) {
        switch exit.status {
        case .exited(let code): self = .status(Int(code))
        case .signalled(let number): self = .signal(Int(number))
        }
    }
}
