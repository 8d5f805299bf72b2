import Foundation
import LmonArchive
import LmonTestSupport
import Testing

@testable import LmonLayer

@Suite struct LayerTests {
    private func layer() throws -> Layer {
        try Layer(AgentBinary(HandmadeELF().bytes, path: "agent", for: .x86))
    }

    @Test func everythingLiesWhereLambdaAndTheVariablesLookForIt() throws {
        let layer = try self.layer()
        let archive = try ZipArchive(layer.zip)
        for path in ["extensions/lmon-agent", "lmon/lmon-agent"] {
            #expect(archive.entry(named: path)?.permissions == 0o755, "\(path)")
        }
        #expect(archive.entry(named: "lmon/interceptor.cjs")?.permissions == 0o644)
        #expect(archive.entries.allSatisfy { $0.name.hasPrefix("lmon/") || $0.name == "extensions/lmon-agent" })
        #expect(archive.entries.map(\.name) == layer.files.map(\.path))
        #expect(layer.unpackedSize == archive.entries.reduce(0) { $0 + $1.size })
        // Lambda has runtime clients of its own.
        #expect(archive.entry(named: "lmon/runtime.cjs") == nil)
    }

    @Test func theSameAgentMakesTheSameBytes() throws {
        #expect(try self.layer().zip == self.layer().zip)
    }

    /// What Lambda starts finds the agent from anywhere, and hands nothing of Node's to it.
    @Test func theStarterStartsTheAgentBesideIt() async throws {
        let layer = try self.layer()
        let folder = try TemporaryFolder()
        for file in layer.contents {
            let bytes =
                file.name == Layer.agent ? Array("#!/bin/sh\necho \"agent [$NODE_OPTIONS] $*\"\n".utf8) : file.bytes
            let url = folder.url.appending(path: file.name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(bytes).write(to: url)
            let mode: Int16 = file.isExecutable ? 0o755 : 0o644
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
        }
        let variables = ["NODE_OPTIONS": "--require /opt/lmon/interceptor.cjs", "PATH": "/usr/bin:/bin"]
        let starter = Tool(path: folder.path(Layer.starter))
        #expect(try await starter.run([], environment: variables).output == "agent [] \n")
        let shell = Tool(path: "/bin/sh")
        let extensions = folder.url.appending(path: "extensions")
        let run = try await shell.run(["lmon-agent"], in: extensions, environment: variables)
        #expect(run.output == "agent [] \n")
    }

    @Test func snippetsNameTheZipAndAppend() {
        for architecture in Architecture.allCases {
            let sam = Attachment.sam.text(zip: "out/lmon \"x\".zip", architecture: architecture)
            #expect(sam.contains(#"ContentUri: "out/lmon \"x\".zip""#))
            #expect(sam.contains("CompatibleArchitectures: [\(architecture.rawValue)]"))
            #expect(sam.contains("NODE_OPTIONS: --enable-source-maps --require /opt/lmon/interceptor.cjs"))
            let cdk = Attachment.cdk.text(zip: "a\nb.zip", architecture: architecture)
            #expect(cdk.contains(#"fromAsset(this.props.zip ?? "a\u000ab.zip")"#))
            #expect(cdk.contains(architecture == .arm64 ? "Architecture.ARM_64" : "Architecture.X86_64"))
        }
    }

    // MARK: Where records go

    @Test func aBucketTakesTheLeastRights() throws {
        let spool = try LayerSpool("s3://team-spool/a/${b}/")
        let policies = try #require(spool.policies)
        #expect(
            policies.agent
                == #"{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::team-spool/a/${b}/v1/*"}"#
        )
        #expect(
            policies.viewer
                == #"[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::team-spool/a/${b}/v1/*"},"#
                + #"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::team-spool","#
                + #""Condition":{"StringLike":{"s3:prefix":"a/${b}/v1/*"}}}]"#
        )
        let sam = Attachment.sam.text(zip: "l.zip", architecture: .x86, spool: spool)
        #expect(sam.contains(#"LMON_SPOOL: "s3://team-spool/a/${b}""#))
        #expect(!sam.contains("LMON_STDOUT"))
        #expect(sam.ranges(of: "s3:PutObject").count == 2)
        // What is no variable of the template does not become one.
        #expect(sam.contains(#"!Sub "arn:${AWS::Partition}:s3:::team-spool/a/${!b}/v1/*""#))
        #expect(!sam.contains("@@"))
    }

    @Test func aCollectorTakesAToken() throws {
        let spool = try LayerSpool("https://collector.example:4245")
        #expect(spool.policies == nil)
        let sam = Attachment.sam.text(zip: "l.zip", architecture: .x86, spool: spool)
        #expect(sam.contains(#"LMON_SPOOL: "https://collector.example:4245""#))
        #expect(sam.contains("LMON_TOKEN: "))
        #expect(!sam.contains("s3:PutObject"))
        let cdk = Attachment.cdk.text(zip: "l.zip", architecture: .x86, spool: spool)
        #expect(cdk.contains("LMON_TOKEN"))
        #expect(!Attachment.cdk.text(zip: "l.zip", architecture: .x86).contains("LMON_TOKEN"))
    }

    @Test(arguments: ["s3://", "s3:bucket", "ftp://example.com", "bucket", "https://user@example.com", ""])
    func whatIsNoSpoolIsRefused(text: String) {
        #expect(throws: LayerSpool.Malformed.self) { try LayerSpool(text) }
    }
}
