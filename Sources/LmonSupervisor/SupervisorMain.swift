import CProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The supervisor's own program: the small process that starts, reaps and at the end kills everything else.
package enum SupervisorMain {
    /// Where `Supervisor.start` puts the supervisor's end of the connection.
    package static let socket: Int32 = 3

    /// Serves requests until the other end is gone, however it ended; then kills all descendants, gives the terminal
    /// back, and ends the process. To be called first thing in `main`.
    package static func run(socket: Int32 = Self.socket) -> Never {
        lmon_become_supervisor("lmon-supervise")
        var loop = SupervisorLoop(socket: socket, childEnded: lmon_watch_children())
        loop.run()
        // First of all: the shell is about to write its prompt.
        loop.terminal?.restore()
        for child in loop.children { _ = kill(-child, SIGKILL) }
        ProcessTree.killDescendants(of: getpid())
        exit(0)
    }
}

private struct SupervisorLoop {
    let socket: Int32
    /// Readable when a child has ended.
    let childEnded: Int32
    var children: Set<Int32> = []
    var terminal: TerminalGuard?
    private var frames = FrameBuffer()
    /// Received, and not yet taken by the frame they came with.
    private var descriptors: [Int32] = []

    init(socket: Int32, childEnded: Int32) {
        self.socket = socket
        self.childEnded = childEnded
    }

    mutating func run() {
        var waits = [
            pollfd(fd: self.socket, events: Int16(POLLIN), revents: 0),
            pollfd(fd: self.childEnded, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            guard poll(&waits, nfds_t(waits.count), -1) > 0 else {
                if errno == EINTR { continue }
                return
            }
            if waits[1].revents != 0 { self.reap() }
            if waits[0].revents != 0 {
                guard self.receive() else { return }
            }
        }
    }

    private mutating func reap() {
        var drained: [UInt8] = Array(repeating: 0, count: 256)
        while read(self.childEnded, &drained, drained.count) > 0 {}
        var status: Int32 = 0
        var peak: UInt64 = 0
        while true {
            let child = lmon_reap(&status, &peak)
            guard child > 0 else { return }
            // An orphan that we adopted is nobody's business.
            guard self.children.remove(child) != nil else { continue }
            // What a runtime leaves behind ends with it. Nobody can have this number while the group has members.
            _ = kill(-child, SIGKILL)
            let ended = lmon_exited(status) != 0
            let how =
                ended ? ProcessExit.Status.exited(code: lmon_exit_code(status)) : .signalled(lmon_signal_number(status))
            self.send(.exited(ProcessExit(process: ProcessID(child), status: how, peakMemory: peak)))
        }
    }

    /// False when the other end is gone, or says what we do not understand.
    private mutating func receive() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65536)
        var arrived = [Int32](repeating: -1, count: 32)
        var arrivedCount = Int32(arrived.count)
        let count = lmon_receive(self.socket, &bytes, bytes.count, &arrived, &arrivedCount)
        guard count > 0 else { return false }
        self.descriptors.append(contentsOf: arrived.prefix(Int(arrivedCount)))
        self.frames.append(bytes.prefix(count))
        do {
            while let frame = try self.frames.next() { self.perform(try SupervisorRequest(frame: frame)) }
            return true
        } catch {
            return false
        }
    }

    private mutating func perform(_ request: SupervisorRequest) {
        let taken = Array(self.descriptors.prefix(request.descriptorCount))
        self.descriptors.removeFirst(taken.count)
        switch request {
        case .spawn(let id, var spawn):
            for (target, source) in zip(spawn.fileDescriptors.keys.sorted(), taken) {
                spawn.fileDescriptors[target] = source
            }
            self.spawn(spawn, id: id)
            for descriptor in taken { close(descriptor) }
        case .guardTerminal(let attributes, let restore):
            self.terminal?.close()
            self.terminal = taken.first.map {
                TerminalGuard(descriptor: $0, attributes: attributes, restoreBytes: restore)
            }
        case .releaseTerminal:
            self.terminal?.close()
            self.terminal = nil
        }
    }

    private mutating func spawn(_ request: ProcessRequest, id: UInt32) {
        do throws(SpawnError) {
            let process = try Launch.run(request, diesWithParent: true)
            self.children.insert(process.rawValue)
            self.send(.spawned(id: id, process))
        } catch {
            self.send(.failed(id: id, step: error.step, number: error.number))
        }
    }

    /// If the other end is gone, the next `receive` says so.
    private func send(_ reply: SupervisorReply) {
        let bytes = reply.encode()
        _ = lmon_send(self.socket, bytes, bytes.count, nil, 0)
    }
}
