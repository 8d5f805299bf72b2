import Foundation

/// The built `lmon`, and a place for what it writes.
enum Program {
    /// Beside the test bundle, where the build puts it.
    static let path: String = {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        var folder = bundle.deletingLastPathComponent()
        while folder.path != "/" {
            let candidate = folder.appendingPathComponent("lmon").path
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue {
                return candidate
            }
            folder.deleteLastPathComponent()
        }
        return "\(FileManager.default.currentDirectoryPath)/.build/debug/lmon"
    }()

    /// What a run came to.
    struct Outcome: Sendable {
        let status: Int32
        let output: String
        let errors: String

        var errorLines: [Substring] { self.errors.split(separator: "\n") }
        var outputLines: [Substring] { self.output.split(separator: "\n") }
    }

    /// Runs it to its end.
    static func run(
        _ arguments: [String],
        in workspace: Workspace,
        input: String? = nil,
        seconds: Double = 60
    ) async throws -> Outcome {
        let running = try RunningProgram(arguments, in: workspace, input: input)
        return try await running.end(within: seconds)
    }
}

/// A folder of its own for one test: functions, sessions, temporary files. Whatever still runs in it is killed at the end.
final class Workspace: Sendable {
    let path: String

    init() throws {
        let path = FileManager.default.temporaryDirectory.path + "/lmon-test-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: "\(path)/tmp", withIntermediateDirectories: true)
        self.path = path
    }

    deinit {
        for process in self.processes { kill(process, SIGKILL) }
        try? FileManager.default.removeItem(atPath: self.path)
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = URL(fileURLWithPath: "\(self.path)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// A pipe that somebody writes `text` into once, as a shell hands over `<(…)`.
    func pipe(_ text: String, named name: String) throws -> String {
        let path = "\(self.path)/\(name)"
        guard mkfifo(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/bin/sh")
        writer.arguments = ["-c", #"printf '%s\n' "$1" > "$0""#, path, text]
        // Whatever still waits for a reader at the end is found by it.
        writer.currentDirectoryURL = URL(fileURLWithPath: self.path)
        try writer.run()
        return path
    }

    var sessions: [String] {
        let folder = "\(self.path)/state/lmon/sessions"
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".lmon") }
            .sorted()
    }

    /// The environment of every program started here; the mark finds what they start.
    var environment: [String: String] {
        var environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("LMON") && $0.key != "NO_COLOR"
        }
        environment["XDG_STATE_HOME"] = "\(self.path)/state"
        environment["TMPDIR"] = "\(self.path)/tmp"
        environment["TERM"] = "xterm-256color"
        environment["LANG"] = "C.UTF-8"
        environment["LC_ALL"] = "C.UTF-8"
        return environment
    }

    /// Every process that runs in this workspace or has it in its environment: lmon, its supervisor, runtimes.
    var processes: [pid_t] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { pid_t($0) }.filter { process in
            guard process != getpid() else { return false }
            let folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
            if let folder, folder.hasPrefix(self.path) { return true }
            let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ")
            return environment?.range(of: Data(self.path.utf8)) != nil
        }
    }
}

/// Looks again and again until something holds; false if it did not in time.
func eventually(within seconds: Double = 20, _ condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = Date().addingTimeInterval(seconds)
    while Date() < deadline {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return try await condition()
}
