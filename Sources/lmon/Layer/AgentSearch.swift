import Foundation
import LmonLayer
import LmonSupervisor

/// Finds the agent for a layer: the file that was named, else the one beside the running lmon.
struct AgentSearch {
    let architecture: Architecture?
    let named: String?

    func agent() throws -> AgentBinary {
        let wanted = self.architecture ?? Architecture.current ?? .x86
        let path = self.named ?? Self.beside
        if self.named == nil, let own = Architecture.current, wanted != own {
            throw AgentFlaw(.foreign(wanted), path: path)
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw AgentFlaw(.missing, path: path) }
        return try AgentBinary(Array(data), path: path, for: wanted)
    }

    private static var beside: String {
        URL(fileURLWithPath: Supervisor.ownExecutable).resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("lmon-agent").path
    }
}
