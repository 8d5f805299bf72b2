import Foundation
import LmonRecord
import LmonSupervisor
import Synchronization

/// The real agent as a process; what it prints is gathered.
final class AgentProcess: Sendable {
    struct NotThere: Error, CustomStringConvertible {
        let path: String

        var description: String {
            "\(self.path) is not there; build it (swift build --product lmon-agent), or --agent PATH"
        }
    }

    private struct State {
        var output: [UInt8] = []
        var firstOutputAt: ContinuousClock.Instant?
        var isOver = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    let process: Int32
    private let startedAt: ContinuousClock.Instant
    private let isWrapped: Bool

    /// Beside this program, where the build puts it.
    static func path(_ given: String?) throws -> String {
        let own = URL(filePath: Supervisor.ownExecutable).resolvingSymlinksInPath()
        let path = given ?? own.deletingLastPathComponent().appending(path: "lmon-agent").path
        guard FileManager.default.isExecutableFile(atPath: path) else { throw NotThere(path: path) }
        return path
    }

    /// Starts it with these variables and no others. `wrapper` is a command that writes a line and then becomes what follows it.
    init(_ path: String, _ variables: [String: String], wrapper: [String] = []) throws {
        let process = Process()
        let command = wrapper + [path]
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = variables
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        self.isWrapped = !wrapper.isEmpty
        self.startedAt = .now
        try process.run()
        self.process = process.processIdentifier
        let reading = output.fileHandleForReading
        Thread.detachNewThread { [self] in
            while case let data = reading.availableData, !data.isEmpty {
                self.state.withLock { state in
                    state.output += data
                    state.firstOutputAt = state.firstOutputAt ?? .now
                }
            }
            process.waitUntilExit()
            self.end()
        }
    }

    /// When it began; a wrapper's own time does not count.
    var beganAt: ContinuousClock.Instant {
        self.isWrapped ? self.state.withLock { $0.firstOutputAt } ?? self.startedAt : self.startedAt
    }

    private func end() {
        let waiter = self.state.withLock { state in
            state.isOver = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    func kill() { Foundation.kill(self.process, SIGKILL) }

    /// Waits for its end.
    func end() async {
        await withCheckedContinuation { continuation in
            let isOver = self.state.withLock { state in
                if !state.isOver { state.waiter = continuation }
                return state.isOver
            }
            if isOver { continuation.resume() }
        }
    }

    var output: [UInt8] { self.state.withLock { $0.output } }

    /// The records that it printed at its end, and what else it said.
    var printed: (records: [Record], lines: [String]) {
        var records: [Record] = []
        var lines: [String] = []
        for line in self.output.split(separator: UInt8(ascii: "\n")) {
            if let record = try? Record(line: Array(line)) {
                records.append(record)
            } else {
                lines.append(String(decoding: line, as: UTF8.self))
            }
        }
        return (records, lines)
    }
}

extension AgentProcess {
    /// Waits for its end; one that does not come is brought about.
    func end(within limit: Duration) async {
        let killing = Task {
            try await Task.sleep(for: limit)
            self.kill()
        }
        await self.end()
        killing.cancel()
    }
}
