/// An agent that Lambda can start: a static release build for one of its processors.
package struct AgentBinary: Sendable {
    package let bytes: [UInt8]
    package let architecture: Architecture

    /// Larger is no release build: those have some 13 MB.
    static let largest = 30_000_000

    /// Looks into the file that `path` names.
    package init(_ bytes: [UInt8], path: String, for wanted: Architecture) throws(AgentFlaw) {
        guard let file = ELFFile(bytes) else { throw AgentFlaw(.notAProgram, path: path) }
        guard let architecture = Architecture(machine: file.machine) else {
            throw AgentFlaw(.unknownMachine(file.machine), path: path)
        }
        guard architecture == wanted else {
            throw AgentFlaw(.otherArchitecture(architecture, wanted: wanted), path: path)
        }
        if file.isDynamic { throw AgentFlaw(.dynamic, path: path) }
        if file.sections.contains(where: { $0.hasPrefix(".debug_") || $0 == ".symtab" }) {
            throw AgentFlaw(.debug, path: path)
        }
        if bytes.count > Self.largest { throw AgentFlaw(.large(bytes.count), path: path) }
        self.bytes = bytes
        self.architecture = architecture
    }
}

/// Why a layer cannot have this agent, and what to do about it.
package struct AgentFlaw: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// None beside lmon; the path is where it was looked for.
        case missing
        /// None here for another processor than this machine's.
        case foreign(Architecture)
        case notAProgram
        case unknownMachine(Int)
        case otherArchitecture(Architecture, wanted: Architecture)
        case dynamic
        case debug
        case large(Int)
    }

    package let code: Code
    package let path: String

    package init(_ code: Code, path: String) {
        self.code = code
        self.path = path
    }

    private static let build = "swift build -c release --product lmon-agent"
    private static let remedy = "build it with  \(build)  and name it:  --agent .build/release/lmon-agent"

    package var description: String {
        switch self.code {
        case .missing: "\(self.path): no agent there; \(Self.remedy)"
        case .foreign(let architecture):
            "\(self.path): the agent for this machine, not for \(architecture.rawValue); on a machine of that kind run  "
                + "\(Self.build)  and here  lmon layer --arch \(architecture.rawValue) --agent FILE"
        case .notAProgram: "\(self.path): not a Linux program; \(Self.remedy)"
        case .unknownMachine(let machine):
            "\(self.path): built for a processor (\(machine)) that Lambda does not have; build it on x86_64 or arm64"
        case .otherArchitecture(let found, let wanted):
            "\(self.path): built for \(found.rawValue), and the layer is to be for \(wanted.rawValue); "
                + "ask for  --arch \(found.rawValue)  or name another with --agent"
        case .dynamic:
            "\(self.path): linked dynamically, so it would not start on Amazon Linux; \(Self.remedy)"
        case .debug: "\(self.path): not stripped, so a debug build; \(Self.remedy)"
        case .large(let size):
            "\(self.path): \(size / 1_000_000) MB, and a release build has some 14; \(Self.remedy)"
        }
    }
}
