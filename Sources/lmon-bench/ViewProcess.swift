import Foundation
import Synchronization

/// `lmon` beside this program, on a pseudo-terminal that is its controlling one.
final class ViewProcess: Sendable {
    struct Missing: Error {
        let text: String
    }

    private struct State {
        /// The newest that was written.
        var bytes: [UInt8] = []
        var arrived = 0
        var isClosed = false
    }

    private let master: Int32
    private let launcher: Process
    private let started: ContinuousClock.Instant
    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)
    private let processFile: String

    init(_ arguments: [String], columns: Int, rows: Int, environment: [String: String] = [:]) throws {
        var master: Int32 = -1
        var device: Int32 = -1
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        guard openpty(&master, &device, nil, nil, &size) == 0 else { throw Missing(text: "a pseudo-terminal") }
        _ = fcntl(master, F_SETFD, FD_CLOEXEC)
        self.master = master
        self.processFile = FileManager.default.temporaryDirectory.path + "/lmon-bench-\(UUID().uuidString)"
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/lmon"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        process.arguments =
            ["--ctty", "--wait", "/bin/sh", "-c", #"echo $$ > "$0"; exec "$@""#, self.processFile, program] + arguments
        var variables = ProcessInfo.processInfo.environment
        variables["TERM"] = "xterm-256color"
        variables["LANG"] = "C.UTF-8"
        process.environment = variables.merging(environment) { $1 }
        let handle = FileHandle(fileDescriptor: device, closeOnDealloc: true)
        process.standardInput = handle
        process.standardOutput = handle
        process.standardError = handle
        self.launcher = process
        self.started = .now
        try process.run()
        try handle.close()
        self.read()
    }

    private func read() {
        let master = self.master
        Thread.detachNewThread { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = Foundation.read(master, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard let self else { return }
                self.state.withLock { state in
                    guard count > 0 else {
                        state.isClosed = true
                        return
                    }
                    state.bytes += buffer[..<count]
                    state.arrived += count
                    if state.bytes.count > 1 << 20 { state.bytes.removeFirst(state.bytes.count - (1 << 18)) }
                }
                self.news.signal()
                guard count > 0 else { return }
            }
        }
    }

    /// Forgets what was written so far.
    func forget() { self.state.withLock { $0.bytes = [] } }

    func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        _ = bytes.withUnsafeBytes { write(self.master, $0.baseAddress, $0.count) }
    }

    /// Waits until one of these was written in one piece; returns seconds since the start.
    @discardableResult
    func wait(for texts: String..., within seconds: Double = 30) throws -> Double {
        let wanted = texts.map { Array($0.utf8) }
        while true {
            let (isThere, isClosed) = self.state.withLock { state in
                (wanted.contains { Self.contains(state.bytes, $0) }, state.isClosed)
            }
            if isThere { return Stopwatch.seconds(self.started.duration(to: .now)) }
            guard !isClosed, self.news.wait(timeout: .now() + seconds) == .success else {
                throw Missing(text: "\(texts) on the screen")
            }
        }
    }

    private static func contains(_ bytes: [UInt8], _ wanted: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { text in
            guard text.count >= wanted.count, let first = wanted.first else { return wanted.isEmpty }
            for start in 0...(text.count - wanted.count)
            where text[start] == first && text[start..<start + wanted.count].elementsEqual(wanted) { return true }
            return false
        }
    }

    /// Waits until it uses no processor for a while.
    func waitUntilQuiet() {
        var last = -1.0
        while true {
            let now = self.processorSeconds
            if now - last < 0.005 { return }
            last = now
            Thread.sleep(forTimeInterval: 0.5)
        }
    }

    var process: Int32 {
        let data = FileManager.default.contents(atPath: self.processFile) ?? Data()
        return Int32(String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
    }

    var residentMegabytes: Double { ResidentMemory.megabytes(of: "\(self.process)") }

    /// Seconds of CPU, of all its threads.
    var processorSeconds: Double {
        guard let text = try? String(contentsOfFile: "/proc/\(self.process)/stat", encoding: .utf8),
            let fields = text.split(separator: ")").last?.split(separator: " "), fields.count > 12,
            let user = Double(fields[11]), let system = Double(fields[12])
        else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Leaves the view, and waits until it has gone.
    func end() {
        self.type("Q")
        let deadline = ContinuousClock.now + .seconds(20)
        while self.launcher.isRunning, ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.02) }
        if self.launcher.isRunning { kill(self.process, SIGKILL) }
        unlink(self.processFile)
        close(self.master)
    }
}
