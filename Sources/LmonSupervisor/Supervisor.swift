import CProcess
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// lmon's side of the supervisor: the one way in which lmon starts runtimes and extensions.
///
/// Everything started here, and everything those start, is gone when lmon is gone, however it ended. Safe to call from
/// any thread. Callbacks run on one thread of the supervisor's own, in order; they must not block, and an actor on an
/// event loop hands them on (`loop.execute { … }`). The exit of a process may be reported before the caller of `spawn`
/// runs again.
package final class Supervisor: Sendable {
    package typealias Spawned = @Sendable (Result<ProcessID, SpawnError>) -> Void
    package typealias Exited = @Sendable (ProcessExit) -> Void

    /// The program that is running, as something to start again.
    package static var ownExecutable: String { lmon_own_executable().map { String(cString: $0) } ?? "lmon" }

    /// The supervisor's own process.
    package let process: ProcessID
    private let socket: Int32
    private let state = Mutex(State())
    /// Held while a request is written, so that frames do not mix.
    private let writing = Mutex(())

    private struct Pending {
        let request: ProcessRequest
        let spawned: Spawned
        let exited: Exited
    }

    private struct Running {
        let exited: Exited
        let isWrapped: Bool
        /// Stopped processes that are not in the group, which `resume` has to wake too.
        var strays: Set<Int32> = []
    }

    private struct State {
        var isOpen = true
        var lastID: UInt32 = 0
        var pending: [UInt32: Pending] = [:]
        var running: [ProcessID: Running] = [:]
    }

    private init(process: ProcessID, socket: Int32) {
        self.process = process
        self.socket = socket
    }

    deinit { close(self.socket) }

    /// Starts the supervisor: `executable` has to come to `SupervisorMain.run()`. It returns at once; the first `spawn`
    /// waits until the supervisor serves.
    package static func start(
        executable: String = Supervisor.ownExecutable,
        arguments: [String] = ["__supervise"],
        environment: [String: String] = [:]
    ) throws(SpawnError) -> Supervisor {
        var ends: [Int32] = [-1, -1]
        guard lmon_socket_pair(&ends) == 0 else {
            throw SpawnError(step: .fork, number: errno, executable: executable)
        }
        defer { close(ends[1]) }
        var request = ProcessRequest(executable: executable, arguments: arguments, environment: environment)
        request.fileDescriptors = [SupervisorMain.socket: ends[1]]
        do throws(SpawnError) {
            let process = try Launch.run(request, ownSession: true, diesWithParent: false)
            let supervisor = Supervisor(process: process, socket: ends[0])
            supervisor.startReading()
            return supervisor
        } catch {
            close(ends[0])
            throw error
        }
    }

    /// Starts a program. `spawned` is called once; after a success `exited` is called once too, later.
    package func spawn(_ request: ProcessRequest, exited: @escaping Exited, spawned: @escaping Spawned) {
        let pending = Pending(request: request, spawned: spawned, exited: exited)
        let id = self.state.withLock { state -> UInt32? in
            guard state.isOpen else { return nil }
            state.lastID &+= 1
            state.pending[state.lastID] = pending
            return state.lastID
        }
        guard let id else { return spawned(.failure(request.failure(.supervisor, EPIPE))) }
        let sent = self.send(.spawn(id: id, request), descriptors: nil)
        guard sent != 0 else { return }
        // The reading thread may have failed it already.
        guard self.state.withLock({ $0.pending.removeValue(forKey: id) }) != nil else { return }
        spawned(.failure(request.failure(sent == EPIPE ? .supervisor : .descriptors, sent)))
    }

    /// Starts a program and waits until it runs; throws `SpawnError`.
    package func spawn(_ request: ProcessRequest, exited: @escaping Exited = { _ in }) async throws -> ProcessID {
        try await withCheckedThrowingContinuation { continuation in
            self.spawn(request, exited: exited) { continuation.resume(with: $0) }
        }
    }

    /// Sends a signal to a process started here, its group, and (but for `.terminate`) its descendants in other groups.
    /// False if it has ended. Direct and synchronous; `.stop` takes about 0.1 ms, the others less.
    @discardableResult
    package func signal(_ process: ProcessID, _ signal: ProcessSignal) -> Bool {
        let leader = process.rawValue
        guard let running = self.state.withLock({ $0.running[process] }) else { return false }
        switch signal {
        case .stop:
            let found = ProcessTree.stop(group: leader)
            self.state.withLock { $0.running[process]?.strays = found }
        case .resume:
            for stray in running.strays { _ = kill(stray, SIGCONT) }
            _ = kill(-leader, SIGCONT)
            if !running.strays.isEmpty { self.state.withLock { $0.running[process]?.strays = [] } }
        case .terminate where running.isWrapped: ProcessTree.terminate(below: leader)
        case .terminate: _ = kill(-leader, SIGTERM)
        case .kill where running.isWrapped: ProcessTree.end(below: leader)
        case .kill:
            let descendants = ProcessTree.descendants(of: leader)
            _ = kill(-leader, SIGKILL)
            for descendant in descendants { _ = kill(descendant, SIGKILL) }
        }
        return true
    }

    /// The memory of a process started here with all its descendants; nil if it has ended.
    package func memory(_ process: ProcessID) -> ProcessMemory? {
        guard self.state.withLock({ $0.running[process] != nil }) else { return nil }
        return ProcessMemory.tree(of: process.rawValue)
    }

    /// How a terminal is now; nil if `descriptor` is none.
    package static func terminalAttributes(of descriptor: Int32) -> [UInt8]? {
        TerminalGuard.attributes(of: descriptor)
    }

    /// Gives the terminal back, when lmon ends without `releaseTerminal`: with the attributes that it had before it was
    /// changed (nil: those that it has now) and `restore`, bytes for the terminal. False if `descriptor` is none.
    @discardableResult
    package func guardTerminal(_ descriptor: Int32, attributes: [UInt8]? = nil, restore: [UInt8]) -> Bool {
        guard let attributes = attributes ?? TerminalGuard.attributes(of: descriptor) else { return false }
        return self.send(.guardTerminal(attributes: attributes, restore: restore), descriptors: [descriptor]) == 0
    }

    /// lmon has given the terminal back itself.
    package func releaseTerminal() { _ = self.send(.releaseTerminal, descriptors: nil) }

    /// Kills everything started here. Returns at once; each exit is still reported.
    package func stop() { _ = shutdown(self.socket, Int32(SHUT_WR)) }

    /// 0, or an errno.
    private func send(_ request: SupervisorRequest, descriptors: [Int32]?) -> Int32 {
        let bytes = request.encode()
        let descriptors = descriptors ?? request.descriptors
        return self.writing.withLock { _ in
            let sent = lmon_send(self.socket, bytes, bytes.count, descriptors, Int32(descriptors.count))
            return sent == 0 ? 0 : errno
        }
    }
}

extension Supervisor {
    private func startReading() {
        let context = Unmanaged.passRetained(self).toOpaque()
        let error = lmon_thread(
            { context in
                guard let context else { return }
                Unmanaged<Supervisor>.fromOpaque(context).takeRetainedValue().readUntilEnd()
            },
            context
        )
        if error != 0 {
            Unmanaged<Supervisor>.fromOpaque(context).release()
            self.closed()
        }
    }

    private func readUntilEnd() {
        var frames = FrameBuffer()
        var bytes = [UInt8](repeating: 0, count: 16384)
        reading: while true {
            var none: Int32 = 0
            let count = lmon_receive(self.socket, &bytes, bytes.count, nil, &none)
            guard count > 0 else { break }
            frames.append(bytes.prefix(count))
            do {
                while let frame = try frames.next() { self.handle(try SupervisorReply(frame: frame)) }
            } catch {
                break reading
            }
        }
        self.closed()
    }

    private func handle(_ reply: SupervisorReply) {
        switch reply {
        case .spawned(let id, let process):
            let pending = self.state.withLock { state -> Pending? in
                guard let pending = state.pending.removeValue(forKey: id) else { return nil }
                state.running[process] = Running(exited: pending.exited, isWrapped: pending.request.isWrapped)
                return pending
            }
            pending?.spawned(.success(process))
        case .failed(let id, let step, let number):
            guard let pending = self.state.withLock({ $0.pending.removeValue(forKey: id) }) else { return }
            pending.spawned(.failure(pending.request.failure(step, number)))
        case .exited(let exit):
            let running = self.state.withLock { $0.running.removeValue(forKey: exit.process) }
            running?.exited(running?.isWrapped == true ? exit.unwrapped : exit)
        }
    }

    /// The supervisor is gone, and with it all that it had started.
    private func closed() {
        let left = self.state.withLock { state in
            defer { state = State(isOpen: false, lastID: state.lastID) }
            return state
        }
        var status: Int32 = 0
        while waitpid(self.process.rawValue, &status, 0) < 0, errno == EINTR {}
        for pending in left.pending.values { pending.spawned(.failure(pending.request.failure(.supervisor, EPIPE))) }
        for (process, running) in left.running {
            running.exited(ProcessExit(process: process, status: .signalled(SIGKILL), peakMemory: 0))
        }
    }
}

extension ProcessRequest {
    fileprivate func failure(_ step: SpawnError.Step, _ number: Int32) -> SpawnError {
        SpawnError(
            step: step,
            number: number,
            executable: self.executable,
            workingDirectory: self.workingDirectory
        )
    }
}
