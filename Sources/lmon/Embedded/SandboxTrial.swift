import LmonEmulator

/// Whether bubblewrap works here, tried by running it.
enum SandboxTrial: Hashable, Sendable {
    case missing
    case silent(String)
    case failing(String, line: String)
    case working(String)
}

extension Sandbox {
    static func tried(_ probe: Probe) -> SandboxTrial {
        guard let path = probe.find("bwrap") else { return .missing }
        guard let answer = probe.run(path, Self.trial) else { return .silent(path) }
        return answer.status == 0 ? .working(path) : .failing(path, line: answer.line)
    }

    /// Nil where it is missing or does not work: functions then run as plain processes.
    static func working(_ probe: Probe) -> Sandbox? {
        guard case .working(let path) = Self.tried(probe) else { return nil }
        return Sandbox(executable: path)
    }
}
