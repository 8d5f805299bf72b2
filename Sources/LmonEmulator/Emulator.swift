import LambdaLifecycle
import LambdaWire
package import LmonHTTP
import LmonInterceptors
import LmonJSON
package import LmonRecord
package import LmonSupervisor

/// Lambda on this machine: an Invoke API, and execution environments that run real runtimes.
///
/// Everything happens on one loop: its routes enter the actor without a hop. What was seen goes to `observe`, on the
/// loop, in order.
package actor Emulator {
    package typealias Observe = @Sendable (Observation) -> Void

    package nonisolated let loop: Loop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    /// For the run's duration: one folder for each environment, and that of the files.
    package nonisolated var folder: String { self.folders.root }
    /// That of `InterceptorFiles`.
    package nonisolated var filesFolder: String { "\(self.folders.root)/\(Self.filesName)" }

    private static let filesName = "files"
    let configuration: EmulatorConfiguration
    let supervisor: Supervisor
    let hooks: any EnvironmentHooks
    let observe: Observe
    let folders: Folders
    /// Of the environments in the sandbox.
    var addresses: Set<String> = []
    var functions: [String: FunctionSlot] = [:]
    /// Who waits for which request, until it is answered.
    var invokers: [String: Invoker] = [:]
    var keptEvents = KeptEvents()
    var identifiers = Identifiers()
    let hostCheck: HostCheck
    /// What the last call that was let in said.
    var lastHosts: [String] = []
    var lastRoute = (method: "", target: "", match: RouteMatch<InvokeRoute>.notFound)
    var server: HTTPServer?
    var isStopping = false
    var isWatchingMemory = false
    var codeLook: CodeLook?
    var codeLooks = 0
    private var whenEmpty: [CheckedContinuation<Void, Never>] = []

    /// A function, its pool and its environments.
    final class FunctionSlot {
        let function: EmulatedFunction
        /// Without a qualifier.
        let arn: String
        var pool: PoolMachine
        var environments: [Int: ExecutionEnvironment] = [:]
        var watch: CodeWatch?
        var reconsiderAt = EpochTime(microseconds: 0)
        var isReconsidering = false
        /// Looking earlier would cost too much.
        var nextLook = EpochTime(microseconds: 0)

        init(function: EmulatedFunction, arn: String, pool: PoolMachine) {
            self.function = function
            self.arn = arn
            self.pool = pool
        }
    }

    struct Invoker {
        var invocation: Invocation
        var function: String
        /// Nil for an event, whose caller has been answered. Gets the log's tail if that was asked for.
        var answer: (@Sendable (Outcome, LogTail?) -> Void)?
        /// Who wants to know of an event's end as well.
        var whenEnded: [CheckedContinuation<Void, Never>] = []
    }

    package init(
        _ configuration: EmulatorConfiguration,
        loop: Loop,
        supervisor: Supervisor,
        hooks: any EnvironmentHooks = NoHooks(),
        observe: @escaping Observe
    ) throws {
        self.configuration = configuration
        self.hostCheck = HostCheck(names: ["host.docker.internal", configuration.host])
        self.loop = loop
        self.supervisor = supervisor
        self.hooks = hooks
        self.observe = observe
        self.folders = try Folders()
    }

    // MARK: Starting and stopping

    /// Opens the Invoke API. Environments start with their first invocation. After an error nothing is left behind.
    package func start() async throws -> EmulatorEndpoints {
        do {
            return try await self.open()
        } catch {
            self.folders.removeAll()
            throw error
        }
    }

    private func installPython() throws {
        for folder in InterceptorFiles.pythonFolders { _ = try self.folders.make("\(Self.filesName)/\(folder)") }
        for (name, bytes) in InterceptorFiles.python {
            _ = try self.folders.write(bytes, to: "\(Self.filesName)/\(name)")
        }
    }

    private func open() async throws -> EmulatorEndpoints {
        _ = try self.folders.make(Self.filesName)
        for (name, bytes) in InterceptorFiles.all { _ = try self.folders.write(bytes, to: "\(Self.filesName)/\(name)") }
        if self.configuration.functions.contains(where: { $0.runtime.isPython }) { try self.installPython() }
        for function in self.configuration.functions {
            var pool = PoolMachine.Configuration(
                concurrency: max(1, self.configuration.concurrency),
                idleLimit: self.configuration.idleLimit?.span
            )
            pool.retryDelays = self.configuration.retryDelays.map(\.span)
            let slot = FunctionSlot(function: function, arn: self.arn(function.name, nil), pool: PoolMachine(pool))
            if self.configuration.reloads { slot.watch = CodeWatch(function.codeFolder) }
            self.functions[function.name] = slot
        }
        let server = try await self.listen()
        self.server = server
        return EmulatorEndpoints(
            invokeAPI: "http://\(self.configuration.host):\(server.port)",
            host: self.configuration.host,
            port: server.port,
            isPortReplaced: self.configuration.port != 0 && server.port != self.configuration.port
        )
    }

    /// Ends all environments (each says so), closes every listener and removes the folders. Who still waits for an
    /// invocation gets an error.
    package func stop() async {
        guard !self.isStopping else { return }
        self.isStopping = true
        for slot in self.functions.values { self.perform(slot.pool.stop(), slot) }
        if self.functions.values.contains(where: { !$0.environments.isEmpty }) {
            await withCheckedContinuation { self.whenEmpty.append($0) }
        }
        await self.server?.close()
        self.server = nil
        self.folders.removeAll()
    }

    /// An environment has ended.
    func closed(_ environment: ExecutionEnvironment, _ slot: FunctionSlot) {
        slot.environments[environment.key.number] = nil
        if let address = environment.address { self.addresses.remove(address) }
        self.hooks.closed(environment: environment.name)
        self.folders.remove(environment.name)
        guard self.functions.values.allSatisfy({ $0.environments.isEmpty }) else { return }
        let waiting = self.whenEmpty
        self.whenEmpty = []
        for continuation in waiting { continuation.resume() }
    }

    // MARK: Invoking within the process

    /// Runs `function`, or queues the event if it is `asynchronous`: the path of the Invoke API without the socket.
    /// `accepted` is told the request's id on the loop, before anything is observed of it.
    package func invoke(
        function: String,
        payload: [UInt8],
        asynchronous: Bool = false,
        clientContext: String? = nil,
        wantsLogTail: Bool = false,
        accepted: (@Sendable (String) -> Void)? = nil
    ) async -> InvokeOutcome {
        var request = InvokeRequest(reference: FunctionReference(name: function), event: payload)
        request.isAsynchronous = asynchronous
        request.clientContext = clientContext
        request.wantsLogTail = wantsLogTail && !asynchronous
        return await withCheckedContinuation { continuation in
            let requestID = self.identifiers.requestID()
            accepted?(requestID)
            let refused = self.accept(request, requestID: requestID) { outcome, tail in
                continuation.resume(
                    returning: InvokeOutcome(outcome, requestID: requestID, logTail: tail?.text)
                )
            }
            if let refused {
                continuation.resume(
                    returning: InvokeOutcome(.refused(refused), requestID: requestID, logTail: nil)
                )
            } else if asynchronous {
                continuation.resume(returning: InvokeOutcome(kind: .queued, requestID: requestID))
            }
        }
    }

    /// Returns when the attempt that goes on has ended, of a request that was queued; at once if none goes on.
    package func ended(_ requestID: String) async {
        guard self.invokers[requestID] != nil else { return }
        await withCheckedContinuation { self.invokers[requestID]?.whenEnded.append($0) }
    }

    /// The event of an invocation as it came, whole; nil if it is not known or too long ago.
    package func event(of requestID: String) -> [UInt8]? { self.keptEvents[requestID] }

    // MARK: Time

    nonisolated func now() -> EpochTime { SystemClock.now() }
}
