import Foundation
import LmonJSON
import Testing

extension EndToEndTests {
    /// Who is let in by `lmon collect`, and what is said to the others.
    @Suite struct CollectAccessTests {
        private let workspace: Workspace
        private static let agent = "agent-0123456789abcdef"
        private static let viewer = "viewer-0123456789abcdef"
        private static let tokens = ["LMON_AGENT_TOKENS": agent, "LMON_VIEWER_TOKENS": viewer]

        init() throws {
            self.workspace = try Workspace()
        }

        @Test(arguments: [
            (["--host", "0.0.0.0"], [:], "needs tokens (LMON_AGENT_TOKENS and LMON_VIEWER_TOKENS) and TLS"),
            (["--host", "::"], Self.tokens, "it needs TLS (--tls-certificate and --tls-key), or --insecure"),
            ([], ["LMON_AGENT_TOKENS": Self.agent], "none for viewers: LMON_VIEWER_TOKENS"),
            (["--viewer-tokens", "none"], [:], "none: cannot be read"),
            ([], ["LMON_AGENT_TOKENS": "short", "LMON_VIEWER_TOKENS": Self.viewer], "less than 16 characters"),
            (["--tls-certificate", "c.pem"], [:], "--tls-certificate and --tls-key belong together"),
            (["--tls-certificate", "c.pem", "--tls-key", "k.pem"], [:], "c.pem: No such file or directory"),
            (["--keep", "soon"], [:], "soon"), (["--keep-size", "much"], [:], "much"),
            (["--port", "70000"], [:], "no port"), (["--store", "."], [:], ".: a folder, not a collector's store"),
            (["--store", "no/where.db"], [:], "no/where.db: cannot open the store (No such file or directory)"),
            (["--host", "nowhere.invalid", "--insecure"], [:], "nowhere.invalid:0: the name cannot be resolved"),
        ])
        func whatCannotBeIsOneLine(options: [String], variables: [String: String], words: String) async throws {
            let arguments = ["collect", "--port", "0", "--store", "c.db"] + options
            let outcome = try await RunningProgram(arguments, in: self.workspace, variables: variables).end()
            #expect(outcome.status == 1 || outcome.status == 2)
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
        }

        @Test func twoCollectorsDoNotShareAStoreNorAPort() async throws {
            let first = try await CollectProgram.start(in: self.workspace)
            func run(_ more: [String]) async throws -> String {
                let outcome = try await Program.run(["collect"] + more, in: self.workspace)
                #expect(outcome.status == 1)
                return outcome.errors
            }
            let store = try await run(["--port", "0", "--store", "collector.db"])
            #expect(store == "lmon: collector.db: another lmon collect writes this store\n")
            let port = try await run(["--port", "\(first.port)", "--store", "other.db"])
            #expect(port == "lmon: 127.0.0.1:\(first.port) is in use by another process\n")
            _ = try await first.stop()
        }

        @Test func withoutTLSAndTokensItSaysSoAloudBeyondLoopback() async throws {
            let collector = try await CollectProgram.start(in: self.workspace, ["--host", "0.0.0.0", "--insecure"])
            #expect(collector.program.errors.split(separator: "\n").count == 2)
            #expect(collector.program.errors.contains("whoever reaches the port can send records and read all of them"))
            #expect(collector.program.errors.contains("unencrypted"))
            #expect(try await collector.get("/healthz").status == 200)
            _ = try await collector.stop()
        }

        // MARK: Viewers

        private func tail(_ url: String, _ variables: [String: String] = [:]) async throws -> Program.Outcome {
            let arguments = ["tail", url, "--json", "--timeout", "20s", "--count", "1"]
            return try await RunningProgram(arguments, in: self.workspace, variables: variables).end(within: 60)
        }

        @Test func aViewerIsToldWhatItsTokenLacks() async throws {
            let agents = try self.workspace.write("# the fleet\n\(Self.agent)\n", to: "agents")
            let viewers = try self.workspace.write("\(Self.viewer)\n", to: "viewers")
            let files = ["--agent-tokens", agents, "--viewer-tokens", viewers]
            let collector = try await CollectProgram.start(in: self.workspace, files)
            let outcomes: [(token: String?, words: String)] = [
                (nil, "a viewer's token is needed: LMON_TOKEN"),
                ("viewer-0123456789abcdeg", "LMON_TOKEN is no token that is known there"),
                (Self.agent, "this token is an agent's: it cannot read"),
            ]
            for (token, words) in outcomes {
                let outcome = try await self.tail(collector.url, token.map { ["LMON_TOKEN": $0] } ?? [:])
                #expect(outcome.status == 1)
                #expect(outcome.errors == "lmon: \(collector.url): \(words)\n")
            }
            let stats = ["stats", collector.url, "--json"]
            let allowed = try RunningProgram(stats, in: self.workspace, variables: ["LMON_TOKEN": Self.viewer])
            #expect(try await allowed.end().status == 0)
            // Tokens stand in no process list and no answer.
            let line = try String(contentsOfFile: "/proc/\(collector.program.process)/cmdline", encoding: .utf8)
            #expect(!line.contains("0123456789abcdef"))
            _ = try await collector.stop()
            let gone = try await self.tail(collector.url)
            #expect(gone.errors.contains("nothing listens there; is lmon collect running there?"), "\(gone.errors)")
        }

        @Test func aCertificateMustBeForTheNameAndFromSomebodyTrusted() async throws {
            let certificates = try await OwnCertificates(in: self.workspace)
            func options(_ name: String) -> [String] {
                ["--tls-certificate", "\(name).pem", "--tls-key", "\(name).key"]
            }
            let trusting = ["SSL_CERT_FILE": certificates.authority, "LMON_TOKEN": Self.viewer]
            try FileManager.default.copyItem(
                atPath: "\(self.workspace.path)/other.pem",
                toPath: "\(self.workspace.path)/served.pem"
            )
            try FileManager.default.copyItem(
                atPath: "\(self.workspace.path)/other.key",
                toPath: "\(self.workspace.path)/served.key"
            )
            let collector = try await CollectProgram.start(
                in: self.workspace,
                options("served"),
                variables: Self.tokens
            )
            #expect(collector.url.hasPrefix("https://"))
            let unknown = try await self.tail(collector.url, ["LMON_TOKEN": Self.viewer])
            #expect(unknown.status == 1)
            #expect(unknown.errors.contains("does not lead to one that is trusted here"), "\(unknown.errors)")
            let wrong = try await self.tail(collector.url, trusting)
            #expect(wrong.status == 1)
            #expect(wrong.errors.contains("not for 127.0.0.1"), "\(wrong.errors)")
            #expect(wrong.errors.split(separator: "\n").count == 1)
            // Who speaks plain HTTP to it is told so.
            let plain = try await collector.get("/healthz")
            #expect(plain.status == 426)

            // A new certificate, without a new start.
            for suffix in ["pem", "key"] {
                let data = try Data(contentsOf: URL(filePath: "\(self.workspace.path)/here.\(suffix)"))
                try data.write(to: URL(filePath: "\(self.workspace.path)/served.\(suffix)"))
            }
            collector.program.signal(SIGHUP)
            #expect(await eventually { collector.program.errors.contains("the certificate was read again") })
            let stats = ["stats", collector.url, "--json"]
            let allowed = try await RunningProgram(stats, in: self.workspace, variables: trusting).end()
            #expect(allowed.status == 0, "\(allowed.errors)")
            try self.workspace.write("no certificate", to: "served.pem")
            collector.program.signal(SIGHUP)
            #expect(await eventually { collector.program.errors.contains("the certificate of before stays") })
            #expect(try await RunningProgram(stats, in: self.workspace, variables: trusting).end().status == 0)
            #expect(try await collector.stop().status == 0)
        }
    }
}
