import Foundation
import LmonScreen
import Synchronization

/// Finds programs, and tries them by running them.
struct Probe: Sendable {
    let environment: [String: String]

    struct Answer: Sendable {
        let status: Int32
        /// The first line that it wrote, on whichever stream.
        let line: String
    }

    /// The first of this name along `PATH`.
    func find(_ name: String) -> String? {
        (self.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }.first {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
                && access($0, X_OK) == 0
        }
    }

    /// What a program answers; nil if it does not start, or takes longer than a few seconds, after which it is ended.
    func run(_ path: String, _ arguments: [String], seconds: Double = 5) -> Answer? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = self.environment
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        do { try process.run() } catch { return nil }
        let written = Mutex(Data())
        let read = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            while true {
                let data = output.fileHandleForReading.availableData
                if data.isEmpty { break }
                written.withLock { $0.append(data.prefix(max(0, 4096 - $0.count))) }
            }
            read.signal()
        }
        guard ended.wait(timeout: .now() + seconds) == .success else {
            process.terminate()
            return nil
        }
        // What it started may hold the pipe open.
        _ = read.wait(timeout: .now() + 1)
        let text = String(decoding: written.withLock { $0 }, as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return Answer(status: process.terminationStatus, line: line)
    }
}
