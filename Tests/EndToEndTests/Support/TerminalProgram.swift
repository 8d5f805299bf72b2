import Foundation
import Synchronization

/// `lmon` on a pseudo-terminal that is its controlling terminal; what it writes is gathered as it comes.
final class TerminalProgram: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let master: Int32
    private let launcher: Process
    private let processFile: String
    /// How the terminal was before anything ran on it.
    private let attributes: [UInt8]

    /// Makes a terminal the controlling one; part of every Linux system.
    static let launcherPath = "/usr/bin/setsid"
    static var isAvailable: Bool { access(Self.launcherPath, X_OK) == 0 }

    /// What the shell that starts lmon does then.
    enum Shell: String {
        /// lmon takes its place.
        case replaced = #"echo $$ > "$0"; [ -z "$RECORDS" ] || exec < "$RECORDS"; exec "$@""#
        /// It stays, and lmon is a job of it: once stopped, a line makes it go on.
        case stays = """
            set -m; /bin/sh -c 'echo $$ > "$0"; exec < "$RECORDS"; exec "$@"' "$0" "$@"
            echo "the shell: $?"; read -r line; fg > /dev/null; echo "the shell again: $?"
            """
    }

    /// `input`: a file that is standard input, in place of the terminal.
    init(
        _ arguments: [String],
        in workspace: Workspace,
        columns: Int = 100,
        rows: Int = 30,
        variables: [String: String] = [:],
        input: String? = nil,
        shell: Shell = .replaced
    )
        throws
    {
        var master: Int32 = -1
        var device: Int32 = -1
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        guard openpty(&master, &device, nil, nil, &size) == 0 else { throw CocoaError(.fileReadUnknown) }
        _ = fcntl(master, F_SETFD, FD_CLOEXEC)
        self.master = master
        self.attributes = Self.attributes(of: master)
        self.processFile = "\(workspace.path)/process-\(UUID().uuidString)"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.launcherPath)
        process.arguments =
            [
                "--ctty", "--wait", "/bin/sh", "-c", shell.rawValue, self.processFile, Program.path,
            ] + arguments
        process.environment = workspace.environment.merging(variables) { _, new in new }
        process.environment?["RECORDS"] = input
        process.currentDirectoryURL = URL(fileURLWithPath: workspace.path)
        let handle = FileHandle(fileDescriptor: device, closeOnDealloc: true)
        process.standardInput = handle
        process.standardOutput = handle
        process.standardError = handle
        self.launcher = process
        try process.run()
        try handle.close()
        self.read()
    }

    deinit { close(self.master) }

    private func read() {
        let master = self.master
        Thread.detachNewThread { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 65536)
            while true {
                let count = Foundation.read(master, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                self?.state.withLock { state in
                    if count > 0 { state.bytes += buffer[..<count] } else { state.isClosed = true }
                }
                guard count > 0, self != nil else { return }
            }
        }
    }

    /// lmon's own process.
    var process: pid_t? {
        FileManager.default.contents(atPath: self.processFile).flatMap { data in
            pid_t(String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    /// All that it wrote.
    var bytes: [UInt8] { self.state.withLock { $0.bytes } }
    var text: String { String(decoding: self.bytes, as: UTF8.self) }

    /// Forgets what was written so far.
    func forget() { self.state.withLock { $0.bytes = [] } }

    func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        _ = bytes.withUnsafeBytes { write(self.master, $0.baseAddress, $0.count) }
    }

    func resize(columns: Int, rows: Int) {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(self.master, UInt(TIOCSWINSZ), &size)
    }

    /// Waits for characters that were painted in one piece.
    func shows(_ text: String, within seconds: Double = 20) async -> Bool {
        await eventually(within: seconds) { self.text.contains(text) }
    }

    /// Waits for characters on the screen, in however many pieces they were painted: it has all painted anew, in sizes
    /// around 100×30, until they are there.
    func holds(_ text: String, within seconds: Double = 20) async -> Bool {
        var turn = 0
        return await eventually(within: seconds) {
            turn += 1
            self.resize(columns: 100 + turn % 2, rows: 30)
            return await eventually(within: 0.5) { self.text.contains(text) }
        }
    }

    /// The status with which lmon ended; nil if it has not.
    func end(within seconds: Double = 20) async -> Int32? {
        guard await eventually(within: seconds, { !self.launcher.isRunning }) else { return nil }
        return self.launcher.terminationStatus
    }

    /// Whether the terminal echoes and gathers lines, as a shell left it.
    var isCooked: Bool {
        var attributes = termios()
        guard tcgetattr(self.master, &attributes) == 0 else { return false }
        return attributes.c_lflag & tcflag_t(ECHO | ICANON) == tcflag_t(ECHO | ICANON)
    }

    /// Whether the terminal's attributes are those from before, all of them.
    var isAsBefore: Bool { Self.attributes(of: self.master) == self.attributes }

    /// Sets the attributes from before, as a shell does that has the terminal meanwhile.
    func setAttributesFromBefore() {
        var attributes = termios()
        guard tcgetattr(self.master, &attributes) == 0 else { return }
        attributes.c_lflag |= tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
        attributes.c_iflag |= tcflag_t(ICRNL | IXON)
        tcsetattr(self.master, TCSANOW, &attributes)
    }

    private static func attributes(of terminal: Int32) -> [UInt8] {
        var attributes = termios()
        guard tcgetattr(terminal, &attributes) == 0 else { return [] }
        return withUnsafeBytes(of: attributes) { Array($0) }
    }

    /// Whether the process is stopped, as by ^Z.
    var isStopped: Bool {
        let status = self.process.flatMap { FileManager.default.contents(atPath: "/proc/\($0)/stat") }
        return status.map { String(decoding: $0, as: UTF8.self).contains(") T ") } ?? false
    }

    /// Whether the alternate screen is left, the cursor shown, and neither the mouse nor what is pasted is reported, as
    /// the last of their kind that was written.
    var isRestored: Bool {
        let text = self.text
        func isLast(_ wanted: String, after other: String) -> Bool {
            guard let place = text.range(of: wanted, options: .backwards) else { return false }
            guard let before = text.range(of: other, options: .backwards) else { return true }
            return place.lowerBound > before.lowerBound
        }
        return ["1049", "1006", "1000", "2004"].allSatisfy { isLast("\u{1B}[?\($0)l", after: "\u{1B}[?\($0)h") }
            && isLast("\u{1B}[?25h", after: "\u{1B}[?25l")
    }
}
