import Foundation

/// A program that puts its standard input on a clipboard.
struct ClipboardTool {
    enum Outcome {
        case copied
        case failed
        /// It did not end in time, and was ended.
        case hung
    }

    let name: String
    let arguments: [String]
    /// Whether the text goes through the terminal after all, and what that cuts is cut.
    var usesTerminal = false

    /// Those that would work here, the best first. In tmux, it alone knows the terminals that look at it, also over SSH;
    /// where it does not, over SSH, a local tool would fill the wrong machine's clipboard.
    static func candidates(_ environment: [String: String]) -> [ClipboardTool] {
        func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
        var tools: [ClipboardTool] = []
        if isSet("TMUX") {
            tools.append(Self(name: "tmux", arguments: ["load-buffer", "-w", "-"], usesTerminal: true))
        }
        guard !isSet("SSH_CONNECTION") else { return tools }
        tools.append(Self(name: "pbcopy", arguments: []))
        if isSet("WAYLAND_DISPLAY") { tools.append(Self(name: "wl-copy", arguments: [])) }
        if isSet("DISPLAY") { tools.append(Self(name: "xclip", arguments: ["-selection", "clipboard"])) }
        return tools
    }

    /// Where it is along `PATH`; nil if it is not.
    func path(_ environment: [String: String]) -> String? {
        (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(self.name)" }.first { access($0, X_OK) == 0 }
    }

    /// Comes back at the deadline, whatever the tool does.
    func copy(_ text: String, path: String, until deadline: DispatchTime) -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = self.arguments
        let input = Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        do { try process.run() } catch { return .failed }
        Self.feed(Array(text.utf8), to: input.fileHandleForWriting.fileDescriptor, until: deadline)
        try? input.fileHandleForWriting.close()
        guard ended.wait(timeout: deadline) == .success else {
            Self.end(process.processIdentifier)
            return .hung
        }
        return process.terminationStatus == 0 ? .copied : .failed
    }

    /// What the tool does not take in time it does not get.
    private static func feed(_ bytes: [UInt8], to descriptor: Int32, until deadline: DispatchTime) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
                continue
            }
            guard written < 0, errno == EAGAIN || errno == EINTR else { return }
            let now = DispatchTime.now()
            guard now < deadline else { return }
            let left = (deadline.uptimeNanoseconds - now.uptimeNanoseconds) / 1_000_000
            var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&watched, 1, Int32(left + 1))
        }
    }

    /// With what it started, where it leads a group of its own.
    private static func end(_ process: pid_t) {
        kill(getpgid(process) == process ? -process : process, SIGKILL)
    }
}
