import Foundation
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonEmulator

private enum Bubblewrap {
    static let tool = Tool("bwrap")

    static func works() async -> Bool {
        guard let tool = Self.tool else { return false }
        return (try? await tool.run(Sandbox.trial))?.status == 0
    }
}

/// Real functions and extensions in bubblewrap. Where it is missing or does not work, there is nothing to try.
@Suite(.exclusive, .timeLimit(.minutes(1)), .enabled("bubblewrap does not work here") { await Bubblewrap.works() })
struct SandboxTests {
    private static func run(
        _ code: String,
        layer: [String: String] = [:],
        extensions: [String: String] = [:],
        timeout: Duration = .seconds(10),
        _ body: (Rig) async throws -> Void
    ) async throws {
        let functions: (URL) -> [EmulatedFunction] = { folder in
            var function = EmulatedFunction(
                name: "f",
                runtime: .node,
                handler: "index.handler",
                codeFolder: folder.path
            )
            function.timeout = timeout
            for (name, text) in layer {
                let file = folder.appendingPathComponent(".layer/\(name)")
                let above = file.deletingLastPathComponent()
                try? FileManager.default.createDirectory(at: above, withIntermediateDirectories: true)
                try? Data(text.utf8).write(to: file)
                function.layers = [folder.appendingPathComponent(".layer").path]
            }
            for (name, text) in extensions.sorted(by: { $0.key < $1.key }) {
                let file = folder.appendingPathComponent(name).path
                try? Data(text.utf8).write(to: URL(filePath: file))
                chmod(file, 0o755)
                function.extensions.append(ExternalExtension(name: name, executable: file))
            }
            return [function]
        }
        let configure = { (configuration: inout EmulatorConfiguration) in
            configuration.sandbox = Bubblewrap.tool.map { Sandbox(executable: $0.path) }
        }
        try await Rig.run(files: ["index.js": code], functions: functions, configure: configure, body)
    }

    @Test func itSeesWhatLambdaWouldShowAndNothingElse() async throws {
        let code = #"""
            const fs = require('fs'), os = require('os');
            const attempt = (run) => { try { return run() } catch (error) { return error.code } };
            exports.handler = async () => ({
                root: fs.readdirSync('/').sort(), task: fs.readdirSync('/var/task').includes('index.js'),
                code: attempt(() => fs.writeFileSync('/var/task/x', '')), place: attempt(() => fs.writeFileSync(__dirname + '/x', '')),
                top: attempt(() => fs.writeFileSync('/x', '')), tmp: attempt(() => fs.writeFileSync('/tmp/x', '1')) ?? fs.readFileSync('/tmp/x', 'utf8'),
                temporary: os.tmpdir(), layer: require('/opt/lib/a.js'), home: attempt(() => fs.readdirSync('/home')),
                hosts: fs.readFileSync('/etc/hosts', 'utf8').split('\n')[0], runtime: fs.readdirSync('/var/runtime').includes('runtime.cjs'),
            });
            """#
        try await Self.run(code, layer: ["lib/a.js": "module.exports = 7"]) { rig in
            let before = try Self.snapshot()
            let response = try await rig.post()
            let seen = try #require(response.json, "\(response.text)")
            let root = Set(seen["root"]?.array?.compactMap(\.string) ?? [])
            #expect(root.isSuperset(of: ["dev", "etc", "opt", "proc", "tmp", "usr", "var"]))
            #expect(root.isDisjoint(with: ["boot", "home", "mnt", "run", "srv", "sys"]))
            #expect(seen["task"]?.bool == true && seen["runtime"]?.bool == true)
            for name in ["code", "place", "top"] { #expect(seen[name]?.string == "EROFS", "\(name)") }
            #expect(seen["home"]?.string == "ENOENT")
            #expect(seen["tmp"]?.string == "1" && seen["temporary"]?.string == "/tmp")
            #expect(seen["layer"]?.int == 7)
            let hosts = seen["hosts"]?.string ?? ""
            #expect(hosts.hasPrefix("127.77.") && hosts.hasSuffix(" sandbox sandbox.localdomain"))
            // It has written, and nothing of it is to be seen here.
            #expect(try Self.snapshot() == before)
            #expect(!FileManager.default.fileExists(atPath: rig.folder.appendingPathComponent("x").path))
        }
    }

    /// What is in the folders that the sandbox has of its own.
    private static func snapshot() throws -> [String] {
        try ["/", "/var", "/opt"].flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { "\(folder) \($0)" }
        }
    }

    @Test(arguments: [
        ("process.exit(3)", "Runtime exited with error: exit status 3"),
        ("process.kill(process.pid, 'SIGKILL')", "Runtime exited with error: signal: killed"),
        ("process.abort()", "Runtime exited with error: signal: aborted"),
        ("process.exit(0)", "Runtime exited without providing a reason"),
    ])
    func itsEndIsTold(code: String, reason: String) async throws {
        try await Self.run("exports.handler = async () => { \(code) }") { rig in
            let response = try await rig.post()
            #expect(response.json?["errorType"]?.string == "Runtime.ExitError")
            #expect(response.json?["errorMessage"]?.string?.hasSuffix(" Error: \(reason)") == true, "\(response.text)")
        }
    }

    @Test func freezingAndTheEndReachWhatItStarted() async throws {
        let code = """
            const { spawn } = require('child_process');
            let child;
            exports.handler = async () => {
                child ??= spawn('sleep', ['1000'], { detached: true });
                return [process.pid, child.pid];
            };
            """
        try await Self.run(code) { rig in
            let processes = try await rig.post().json?.array?.compactMap(\.int) ?? []
            #expect(processes.count == 2)
            await rig.recorder.wait(for: .freeze)
            // The signal is sent by then, and heeded a moment later.
            while processes.map(Self.state) != ["T", "T"] {}
            let again = try await rig.post()
            #expect(again.json?.array?.compactMap(\.int) == processes)
            await rig.emulator.stop()
            #expect(processes.map(Self.state) == [nil, nil])
        }
    }

    /// `R`, `S`, `T` …; nil if it is gone, or waits to be reaped.
    private static func state(_ process: Int) -> Character? {
        let line = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        let state = line.split(separator: ")").last?.split(separator: " ").first?.first
        return state == "Z" ? nil : state
    }

    /// A real extension at `/opt/extensions`: all of its life, with the sandbox by its name, in two environments at once.
    @Test func anExtensionListensAsTheSandboxInEachEnvironment() async throws {
        let probe = ExtensionProbe.script.replacing("('127.0.0.1', 0)", with: "('sandbox', 8999)")
        let code =
            "exports.handler = async (event) => { await new Promise((resolve) => setTimeout(resolve, event.ms)); return 1 }"
        try await Self.run(code, extensions: ["probe": probe]) { rig in
            async let first = rig.post("f", #"{"ms":500}"#)
            async let second = rig.post("f", #"{"ms":500}"#)
            #expect(try await first.text == "1")
            #expect(try await second.text == "1")
            await rig.recorder.wait(for: .report, count: 2)
            await rig.emulator.stop()
            let said = rig.recorder.observations.filter { $0.type == .extension }
            let environments = Dictionary(grouping: said, by: \.environment)
            #expect(environments.count == 2)
            for lines in environments.values {
                let text = try lines.compactMap { try JSONValue(parsing: $0.payload).string }
                #expect(text.first == "registered probe 200 arguments 0")
                #expect(text.contains("telemetry platform.report success"))
                #expect(text.suffix(1) == ["done"])
                #expect(text.contains("event SHUTDOWN spindown"))
                #expect(text.first { $0.hasPrefix("variables") }?.contains("AWS_SAM_LOCAL") == false)
            }
        }
    }

    /// With an extension the runtime is asked to end first, and it is the runtime that is asked, not what waits for it.
    @Test func theRuntimeIsAskedToEnd() async throws {
        let code = """
            process.on('SIGTERM', () => { console.log('asked'); process.exit(0) });
            exports.handler = async () => 1;
            """
        try await Self.run(code, extensions: ["probe": ExtensionProbe.script]) { rig in
            let response = try await rig.post()
            #expect(response.text == "1")
            await rig.recorder.wait(for: .report)
            await rig.emulator.stop()
            let lines = try rig.recorder.payloads(.function).compactMap(\.string)
            #expect(lines.contains { $0.hasSuffix("asked") }, "\(lines)")
        }
    }
}
