import Foundation
import Synchronization

/// A started `lmon`; what it writes is gathered as it comes.
final class RunningProgram: Sendable {
    private struct State {
        var output = Data()
        var errors = Data()
        var status: Int32?
        var isRead = 0
    }

    private let state = Mutex(State())
    let process: pid_t
    private let input: FileHandle

    init(
        _ arguments: [String],
        in workspace: Workspace,
        input: String? = nil,
        executable: String = Program.path,
        variables: [String: String] = [:]
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = workspace.environment.merging(variables) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: workspace.path)
        let output = Pipe()
        let errors = Pipe()
        let standardInput = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = standardInput
        self.input = standardInput.fileHandleForWriting
        try process.run()
        self.process = process.processIdentifier
        self.read(output.fileHandleForReading) { $0.output.append($1) }
        self.read(errors.fileHandleForReading) { $0.errors.append($1) }
        Thread.detachNewThread { [self] in
            process.waitUntilExit()
            let status =
                process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
            self.state.withLock { $0.status = status }
        }
        if let input { self.input.write(Data(input.utf8)) }
        if input != nil { try self.input.close() }
    }

    private func read(_ handle: FileHandle, _ take: @escaping @Sendable (inout State, Data) -> Void) {
        Thread.detachNewThread { [self] in
            while true {
                let data = handle.availableData
                self.state.withLock { state in
                    take(&state, data)
                    if data.isEmpty { state.isRead += 1 }
                }
                if data.isEmpty { return }
            }
        }
    }

    var output: String { String(decoding: self.state.withLock { $0.output }, as: UTF8.self) }
    var errors: String { String(decoding: self.state.withLock { $0.errors }, as: UTF8.self) }

    func type(_ text: String) { self.input.write(Data(text.utf8)) }

    func signal(_ number: Int32) { kill(self.process, number) }

    struct TimedOut: Error, CustomStringConvertible {
        let description: String
    }

    /// Waits for its end and for the last of its output.
    func end(within seconds: Double = 30) async throws -> Program.Outcome {
        let hasEnded = await eventually(within: seconds) {
            self.state.withLock { $0.status != nil && $0.isRead == 2 }
        }
        guard hasEnded else {
            kill(self.process, SIGKILL)
            throw TimedOut(description: "did not end within \(seconds) s; it wrote:\n\(self.output)\(self.errors)")
        }
        let status = self.state.withLock { $0.status ?? -1 }
        return Program.Outcome(status: status, output: self.output, errors: self.errors)
    }

    /// Waits for a text in its output.
    func wait(for text: String, within seconds: Double = 30) async throws {
        guard await eventually(within: seconds, { self.output.contains(text) }) else {
            throw TimedOut(description: "no \"\(text)\" within \(seconds) s; it wrote:\n\(self.output)\(self.errors)")
        }
    }
}
