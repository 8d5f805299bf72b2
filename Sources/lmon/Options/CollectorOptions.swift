#if Remote
import ArgumentParser
import Foundation
import LmonCollector
import LmonHTTP
import LmonStore
import LmonTLS

/// Who may reach a collector, and how; what it keeps.
struct CollectorOptions: ParsableArguments {
    @Option(name: .long, help: "The port to listen on; 0 takes a free one.")
    var port = 4245

    @Option(name: .long, help: "The address to listen on: this machine's loopback unless it is told otherwise.")
    var host = "127.0.0.1"

    @Option(
        name: .long,
        help: ArgumentHelp("Where the records are kept; collector.db beside the sessions' folder.", valueName: "file"),
        completion: .file()
    )
    var store: String?

    @Option(name: .long, help: ArgumentHelp("How long records are kept: 12h, 7d.", valueName: "time"))
    var keep = DurationArgument(days: 7)

    @Option(name: .long, help: ArgumentHelp("How large the file may become: 500MB, 2GB.", valueName: "size"))
    var keepSize = SizeArgument(gigabytes: 2)

    @Option(
        name: .customLong("tls-certificate"),
        help: ArgumentHelp("The certificate for https, with its chain (PEM); read again on SIGHUP.", valueName: "file"),
        completion: .file()
    )
    var certificate: String?

    @Option(
        name: .customLong("tls-key"),
        help: ArgumentHelp("The certificate's private key (PEM).", valueName: "file"),
        completion: .file()
    )
    var key: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Agents' tokens, one a line; else LMON_AGENT_TOKENS holds them.", valueName: "file"),
        completion: .file()
    )
    var agentTokens: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Viewers' tokens, one a line; else LMON_VIEWER_TOKENS holds them.", valueName: "file"),
        completion: .file()
    )
    var viewerTokens: String?

    @Flag(name: .long, help: "Listen beyond loopback without tokens or without TLS.")
    var insecure = false

    func validate() throws {
        guard (0...65535).contains(self.port) else { throw ValidationError("--port \(self.port) is no port.") }
        if (self.certificate == nil) != (self.key == nil) {
            throw ValidationError("--tls-certificate and --tls-key belong together.")
        }
    }

    var isLocal: Bool { HostCheck.isLoopback(self.host) }

    // MARK: Parts

    /// Nil if there are none; one kind without the other would leave a door open that looks shut.
    func tokens(_ variables: [String: String]) throws -> CollectorTokens? {
        let agents = try Self.tokens(self.agentTokens, variables["LMON_AGENT_TOKENS"])
        let viewers = try Self.tokens(self.viewerTokens, variables["LMON_VIEWER_TOKENS"])
        guard agents != nil || viewers != nil else { return nil }
        guard let agents else {
            throw Failure.usage("there are tokens for viewers and none for agents: LMON_AGENT_TOKENS")
        }
        guard let viewers else {
            throw Failure.usage("there are tokens for agents and none for viewers: LMON_VIEWER_TOKENS")
        }
        do {
            return try CollectorTokens(agents: agents, viewers: viewers)
        } catch {
            throw Failure.usage("\(error)")
        }
    }

    private static func tokens(_ path: String?, _ variable: String?) throws -> String? {
        guard let path else { return variable.flatMap { $0.isEmpty ? nil : $0 } }
        guard let data = InputFile.contents(path) else { throw Failure.usage("\(path): cannot be read") }
        return String(decoding: data, as: UTF8.self)
    }

    func security() throws -> TLSServer? {
        guard let certificate, let key else { return nil }
        do {
            return try TLSServer(certificate: certificate, key: key)
        } catch {
            throw Failure.usage("\(error)")
        }
    }

    /// What is said aloud before it listens; throws if it must not.
    func warnings(tokens: CollectorTokens?, security: TLSServer?) throws -> [String] {
        guard !self.isLocal else { return [] }
        var missing: [String] = []
        if tokens == nil { missing.append("tokens (LMON_AGENT_TOKENS and LMON_VIEWER_TOKENS)") }
        if security == nil { missing.append("TLS (--tls-certificate and --tls-key)") }
        guard !missing.isEmpty else { return [] }
        guard self.insecure else {
            throw Failure.usage(
                "--host \(self.host) is reached from other machines: it needs \(missing.joined(separator: " and ")), or --insecure"
            )
        }
        var warnings: [String] = []
        if tokens == nil {
            warnings.append("--insecure: whoever reaches the port can send records and read all of them")
        }
        if security == nil { warnings.append("--insecure: tokens and records go over the network unencrypted") }
        return warnings
    }

    func openStore(_ variables: [String: String]) throws -> CollectorStore {
        let path = self.store ?? Self.defaultStore(variables)
        if self.store == nil {
            try? FileManager.default.createDirectory(
                at: URL(fileURLWithPath: path).deletingLastPathComponent(),
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }
        do {
            return try CollectorStore.open(path)
        } catch {
            throw Failure.run("\(error)")
        }
    }

    private static func defaultStore(_ variables: [String: String]) -> String {
        let sessions = URL(fileURLWithPath: SessionFolder(environment: variables).path)
        return sessions.deletingLastPathComponent().appendingPathComponent("collector.db").path
    }
}

extension DurationArgument {
    init(days: Int64) {
        self.init(milliseconds: days * 86_400_000, text: "\(days)d")
    }
}

extension SizeArgument {
    init(gigabytes: Int) {
        self.init(bytes: gigabytes * 1_000_000_000, text: "\(gigabytes)GB")
    }
}
#endif
