import Foundation
import LambdaWire
import LmonAgent
import Testing

@Suite struct AgentConfigurationTests {
    @Test func everyVariableIsRead() throws {
        let configuration = AgentConfiguration([
            "LMON": "off", "LMON_CAPTURE": "ALL", "LMON_BODY_LIMIT": "0", "LMON_REDACT": "iban,email",
            "LMON_SAMPLE": "0.05",
            "LMON_FLUSH": "periodic:2", "LMON_BUDGET_MS": "5", "LMON_SPOOL": "https://collect.example.com/base/",
            "LMON_TOKEN": "t0ken", "LMON_WEBHOOK_URL": "http://h:81/x?y=1", "LMON_TEE": "listen:4244",
            "LMON_MEMORY_MB": "16", "LMON_SPILL": "off", "LMON_STDOUT": "records", "LMON_LOG": "debug",
            "LMON_ADDRESS": "127.0.0.1:5000", "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
            "AWS_LAMBDA_FUNCTION_NAME": "orders", "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x",
        ])
        #expect(configuration.problems == [])
        #expect(configuration.isOff && configuration.capture == .all && configuration.redact == ["iban", "email"])
        #expect(configuration.sample == 0.05)
        #expect(configuration.flush == .periodic(EpochTime.Span(milliseconds: 2000)))
        #expect(configuration.budget == EpochTime.Span(milliseconds: 5))
        #expect(configuration.spool?.isSecure == true && configuration.spool?.port == 443)
        #expect(configuration.token == "t0ken")
        #expect(configuration.webhook?.target == "/x?y=1" && configuration.webhook?.port == 81)
        #expect(configuration.tee == .listen(port: 4244))
        #expect(configuration.memoryBytes == 16 << 20 && !configuration.spills && configuration.printsRecords)
        #expect(configuration.address.host == "127.0.0.1" && configuration.address.port == 5000)
        #expect(configuration.runtimeAPI?.description == "http://127.0.0.1:9001")
        #expect(configuration.function.runtime == "nodejs22.x")
    }

    /// What is wrong is said once, in a line that names the variable, and the default stands.
    @Test(arguments: [
        ("LMON", "maybe"), ("LMON_CAPTURE", "everything"), ("LMON_SAMPLE", "5%"), ("LMON_SAMPLE", "2"),
        ("LMON_FLUSH", "sometimes"), ("LMON_BUDGET_MS", "-1"), ("LMON_BUDGET_MS", "20ms"), ("LMON_SPOOL", "ftp://x"),
        ("LMON_SPOOL", "s3://bucket/prefix"), ("LMON_SPOOL", "https://user@host"), ("LMON_WEBHOOK_URL", "example.com"),
        ("LMON_TEE", "4244"), ("LMON_TEE", "listen:x"), ("LMON_TEE", "connect:10.0.0.1:5"), ("LMON_MEMORY_MB", "0"),
        ("LMON_SPILL", "on"), ("LMON_STDOUT", "yes"), ("LMON_LOG", "loud"), ("LMON_ADDRESS", "nowhere:port"),
        ("LMON_TOKEN", "two words"), ("LMON_SPOOL", "http://h:99999"), ("LMON_SPOOL", "http://"),
        ("LMON_ADDRESS", "sandbox"), ("LMON_ADDRESS", "http://sandbox:4243"), ("LMON_ADDRESS", "sandbox:0"),
        ("LMON_TEE", "connect:127.0.0.1"), ("LMON_BODY_LIMIT", "16k"), ("LMON_BODY_LIMIT", "262145"),
    ])
    func whatIsWrongIsAProblemAndNoReasonToStop(name: String, value: String) throws {
        let configuration = AgentConfiguration([name: value])
        let problem = try #require(configuration.problems.first)
        #expect(configuration.problems.count == 1)
        #expect(problem.hasPrefix("\(name)="))
        #expect(name != "LMON_TOKEN" || !problem.contains(value))
        #expect(!problem.contains("\n"))
        let standard = AgentConfiguration([:])
        #expect(configuration.isOff == standard.isOff && configuration.flush == standard.flush)
        #expect(configuration.spool == nil && configuration.webhook == nil && configuration.tee == nil)
    }

    /// It goes to a log, and from there wherever logs go.
    @Test(arguments: [
        ("LMON_WEBHOOK_URL", "htps://hooks.test/T0/hunter2", "htps://hooks.test/…"),
        ("LMON_WEBHOOK_URL", "https://ada:hunter2@hooks.test/", "https://…@hooks.test/…"),
        ("LMON_WEBHOOK_URL", "hooks.test/hunter2", "hooks.test/…"),
        ("LMON_SPOOL", "https://hunter2@collect.test", "https://…@collect.test"),
        ("LMON_SPOOL", "https:/collect.test/?token=hunter2", "https:/…"),
        ("LMON_TOKEN", "hunter2 hunter2", "…"),
        ("LMON_FLUSH", "ada:hunter2@host", "…@host"),
        ("LMON_FLUSH", "now\nlater\u{1B}[2J\u{9B}", "now later [2J"),
        ("LMON_FLUSH", String(repeating: "now", count: 30), String(repeating: "now", count: 21) + "n…"),
    ])
    func aWrongValueIsShownWithoutWhatMayBeSecret(name: String, value: String, shown: String) throws {
        let problem = try #require(AgentConfiguration([name: value]).problems.first)
        #expect(problem.hasPrefix("\(name)=\(shown)"))
        #expect(!problem.contains("hunter2"))
        #expect(problem.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x9B })
    }

    @Test func blankIsUnset() {
        #expect(AgentConfiguration(["LMON_SPOOL": "", "LMON_FLUSH": "  ", "LMON": " on "]).problems == [])
    }

    // MARK: The list

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    /// Between lmon's own parts.
    private static let inner: Set = ["LMON_BARE", "LMON_BARE_ID", "LMON_BARE_LOST", "LMON_FAULT", "LMON_PAYLOADS"]

    /// Whatever a source of the agent or the interceptors names is in the list, and nothing else is.
    @Test func theListHasWhatTheSourcesRead() throws {
        var read: Set<String> = ["LMON"]
        for folder in ["Sources/LmonAgent", "Sources/LmonInterceptors", "Sources/lmon-agent"] {
            let files = try #require(
                FileManager.default.enumerator(at: Self.root.appending(path: folder), includingPropertiesForKeys: nil)
            )
            for case let file as URL in files where file.lastPathComponent != "AgentVariable.swift" {
                guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
                for match in text.matches(of: /LMON_[A-Z0-9_]+/) { read.insert(String(match.output)) }
            }
        }
        let listed = Set(AgentVariable.all.map(\.name))
        #expect(
            read.subtracting(Self.inner).isSubset(of: listed),
            "\(read.subtracting(Self.inner).subtracting(listed))"
        )
        #expect(listed.count == AgentVariable.all.count)
    }

    @Test func helpAndReadmeHaveTheList() throws {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        for variable in AgentVariable.all {
            #expect(AgentHelp.text.contains("  \(variable.name) "))
            let setting = "\(variable.form); \(variable.standard); `\(variable.example)`"
            let cells = ["`\(variable.name)`", variable.help, setting].map { $0.replacing("|", with: "\\|") }
            #expect(readme.contains("\n| \(cells.joined(separator: " | ")) |\n"), "\(variable.name)")
        }
    }
}
