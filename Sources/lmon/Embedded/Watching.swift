import Foundation
import LmonAgent
import LmonEmulator
import LmonRecord
import LmonSupervisor

/// How the emulator's environments are watched: from within, or by the real agent, whose records come back by its tee.
enum Watching: Sendable {
    case embedded(MonitorCore, MonitorHooks)
    case agent(TeeReceiver, AgentHooks, MonitorCore, executable: String)

    /// A layer that brings an agent makes it the one that watches.
    static func start(
        _ options: EmulatorOptions,
        _ core: MonitorCore,
        _ configuration: EmulatorConfiguration,
        _ variables: InterceptorVariables,
        spool: SpoolTarget?
    ) async throws -> Watching {
        let brought = configuration.functions.flatMap(\.extensions).first { $0.name == AgentHooks.extensionName }
        guard options.agent || brought != nil else { return .embedded(core, MonitorHooks(core: core, variables)) }
        let executable = try brought?.executable ?? Self.findAgent()
        let receiver = try await TeeReceiver.listen(core: core)
        return .agent(
            receiver,
            AgentHooks(teePort: receiver.port, variables, spool: spool),
            core,
            executable: executable
        )
    }

    /// An agent sends its records to a spool itself.
    var sendsToSpool: Bool { if case .agent = self { true } else { false } }

    var hooks: any EnvironmentHooks {
        switch self {
        case .embedded(_, let hooks): hooks
        case .agent(_, let hooks, _, _): hooks
        }
    }

    /// What the emulator sees itself is the agent's to tell, where there is one; but for that there is none any more.
    var observe: @Sendable (Observation) -> Void {
        switch self {
        case .embedded(let core, _): { core.observe($0) }
        case .agent(_, _, let core, _): { if Self.isLastWord($0) { core.relayLast($0) } }
        }
    }

    private static func isLastWord(_ observation: Observation) -> Bool {
        observation.type == .extension && observation.payload.starts(with: #""\#(AgentLog.lastWord)"#.utf8)
    }

    /// With the agent beside each function, unless a layer brings one.
    func extended(_ configuration: EmulatorConfiguration) -> EmulatorConfiguration {
        guard case .agent(_, _, _, let executable) = self else { return configuration }
        var configuration = configuration
        let agent = ExternalExtension(name: AgentHooks.extensionName, executable: executable)
        for index in configuration.functions.indices
        where !configuration.functions[index].extensions.contains(where: { $0.name == agent.name }) {
            configuration.functions[index].extensions.append(agent)
        }
        return configuration
    }

    /// Once the emulator has stopped: takes what agents said last.
    func close() async {
        if case .agent(let receiver, _, _, _) = self { await receiver.close() }
    }

    private static func findAgent() throws -> String {
        let path = URL(fileURLWithPath: Supervisor.ownExecutable).resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent(AgentHooks.extensionName).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Failure.run("--agent: there is no \(path): swift build --product lmon-agent makes it")
        }
        return path
    }
}
