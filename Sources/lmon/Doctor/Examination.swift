import Foundation
import LmonEmulator
import LmonModel
import LmonStore
import LmonTerminal

/// All that `lmon doctor` looks at, in the order in which it is told.
struct Examination {
    let environment: [String: String]
    let probe: Probe

    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = environment
        self.probe = Probe(environment: environment)
    }

    func findings() -> [Finding] {
        [self.terminal, self.colors, self.characters, self.clipboard] + [self.tmux].compactMap { $0 }
            + [self.node, self.python, self.git, self.bubblewrap]
            + PortCheck.all.map(\.finding)
            + [self.sessions, self.libraries]
    }

    // MARK: Programs

    private var node: Finding {
        guard let path = self.probe.find("node") else {
            return Finding(
                "node",
                .essential,
                "not on the PATH",
                "no function can run here; recorded sessions and tcp:// can be watched"
            )
        }
        guard let answer = self.probe.run(path, ["--version"]), answer.status == 0 else {
            return Finding("node", .essential, "\(path) does not run", "no function can run here")
        }
        let version = answer.line.hasPrefix("v") ? String(answer.line.dropFirst()) : answer.line
        guard let major = version.split(separator: ".").first.flatMap({ Int($0) }) else {
            return Finding("node", .essential, "\(path) is no Node: \(answer.line)", "no function can run here")
        }
        switch major {
        case ..<18: return Finding("node", .essential, "\(version) at \(path)", "too old; functions need 18 to 24")
        case 18...24: return Finding("node", .fine, "\(version) at \(path)")
        default:
            let remedy = "newer than lmon was tried with (18 to 24); HTTP calls may not all be seen"
            return Finding("node", .lacking, "\(version) at \(path)", remedy)
        }
    }

    private var python: Finding {
        guard let path = self.probe.find("python3"), let answer = self.probe.run(path, ["--version"]),
            answer.status == 0
        else {
            return Finding(
                "python3",
                .lacking,
                "not there",
                "Python functions cannot run"
            )
        }
        return Finding("python3", .fine, "\(answer.line) at \(path)")
    }

    private var git: Finding {
        guard let path = self.probe.find("git"), let answer = self.probe.run(path, ["--version"]), answer.status == 0
        else { return Finding("git", .lacking, "not there", "lmon runs without, but cannot be built") }
        return Finding("git", .fine, "\(answer.line.split(separator: " ").last ?? "") at \(path)")
    }

    /// Which of both layouts functions run in, and why.
    private var bubblewrap: Finding {
        let without = "functions run in folders of their own, with a port for each environment, not in /var/task"
        switch Sandbox.tried(self.probe) {
        case .missing: return Finding("bubblewrap", .lacking, "not there", without)
        case .silent(let path): return Finding("bubblewrap", .lacking, "\(path) does not answer", without)
        case .failing(let path, let line):
            return Finding("bubblewrap", .lacking, "\(path) does not work here (\(line))", without)
        case .working(let path):
            let text =
                "works, \(path): functions run in /var/task, with layers at /opt and sandbox as their own address"
            return Finding("bubblewrap", .fine, text)
        }
    }

    // MARK: Files

    private var sessions: Finding {
        let folder = SessionFolder(environment: self.environment)
        let sessions = folder.sessions()
        let size = Format.bytes(sessions.reduce(0) { $0 + $1.size })
        let count = sessions.count == 1 ? "1 session" : "\(sessions.count) sessions"
        guard self.isWritable(folder.path) else {
            return Finding("sessions", .lacking, "\(folder.path) cannot be written to", "runs are not recorded")
        }
        let text = "\(count), \(size), in \(folder.path); kept 30 days or 2 GB"
        return Finding("sessions", .fine, text)
    }

    /// A folder that is not there yet is made in the first one above it that is.
    private func isWritable(_ path: String) -> Bool {
        var path = path
        while access(path, F_OK) != 0 {
            let above = (path as NSString).deletingLastPathComponent
            guard above != path, !above.isEmpty else { return false }
            path = above
        }
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
            && access(path, W_OK) == 0
    }

    private var libraries: Finding {
        let parts = [
            "SQLite \(SessionStore.libraryVersion)", "PCRE2 \(TextRegex.libraryVersion)", TerminalDescription.library,
        ]
        return Finding("libraries", .fine, parts.joined(separator: ", "))
    }
}
