import Foundation
import LmonEmulator
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonSupervisor
import LmonTestSupport
import Testing

/// An emulator on free ports with what it observes, ended with the test.
struct Rig {
    let emulator: Emulator
    let recorder: Recorder
    let loop: Loop
    let client: HTTPClient
    let port: Int
    let folder: URL

    /// Runs `body` on an emulator of `functions`, whose code is in `files`, one folder for all.
    static func run(
        files: [String: String] = [:],
        functions: (URL) -> [EmulatedFunction],
        configure: (inout EmulatorConfiguration) -> Void = { _ in },
        hooks: any EnvironmentHooks = NoHooks(),
        _ body: (Rig) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lmon-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
        var configuration = EmulatorConfiguration(functions: functions(folder))
        configuration.port = 0
        configuration.inherited["PATH"] = ProcessInfo.processInfo.environment["PATH"]
        configure(&configuration)
        let loop = Loop()
        let recorder = Recorder()
        let emulator = try Emulator(
            configuration,
            loop: loop,
            supervisor: try Supervisor.shared.get(),
            hooks: hooks,
            observe: { recorder.add($0) }
        )
        let endpoints = try await emulator.start()
        let rig = Rig(
            emulator: emulator,
            recorder: recorder,
            loop: loop,
            client: HTTPClient(loop: loop),
            port: endpoints.port,
            folder: folder
        )
        do {
            try await body(rig)
        } catch {
            await emulator.stop()
            await loop.shutdown()
            throw error
        }
        await emulator.stop()
        await loop.shutdown()
    }

    /// A Node function `f`, whose handler is `index.handler`.
    static func node(
        _ code: String,
        timeout: Duration = .seconds(10),
        configure: (inout EmulatorConfiguration) -> Void = { _ in },
        hooks: any EnvironmentHooks = NoHooks(),
        _ body: (Rig) async throws -> Void
    ) async throws {
        try await self.run(
            files: ["index.js": code],
            functions: { folder in
                var function = EmulatedFunction(
                    name: "f",
                    runtime: .node,
                    handler: "index.handler",
                    codeFolder: folder.path
                )
                function.runtimeName = "nodejs20.x"
                function.timeout = timeout
                return [function]
            },
            configure: configure,
            hooks: hooks,
            body
        )
    }

    /// A Python function `f`, whose handler is `app.handler`.
    static func python(_ code: String, _ body: (Rig) async throws -> Void) async throws {
        let python = try #require(Tool("python3"))
        try await self.run(
            files: ["app.py": code],
            functions: { folder in
                var function = EmulatedFunction(
                    name: "f",
                    runtime: .python(executable: python.path),
                    handler: "app.handler",
                    codeFolder: folder.path
                )
                function.runtimeName = "python3.12"
                function.timeout = .seconds(10)
                return [function]
            },
            body
        )
    }

    /// A function `f` whose runtime does nothing: the test itself speaks the Runtime API.
    static func standIn(
        timeout: Duration = .seconds(10),
        configure: (inout EmulatorConfiguration) -> Void = { _ in },
        _ body: (Rig) async throws -> Void
    ) async throws {
        try await self.run(
            functions: { folder in
                var function = EmulatedFunction(
                    name: "f",
                    runtime: .command(executable: "sleep", arguments: ["1000"]),
                    handler: "none",
                    codeFolder: folder.path
                )
                function.timeout = timeout
                return [function]
            },
            configure: configure,
            body
        )
    }

    // MARK: Invoke API

    @discardableResult
    func post(
        _ function: String = "f",
        _ body: String = "{}",
        headers: HTTPHeaders = [:]
    ) async throws -> HTTPResponse {
        try await self.client.request(
            "POST",
            host: "127.0.0.1",
            port: self.port,
            target: "/2015-03-31/functions/\(function)/invocations",
            headers: headers,
            body: Array(body.utf8)
        )
    }

    func state() async throws -> JSONValue {
        let response = try await self.client.request("GET", host: "127.0.0.1", port: self.port, target: "/lmon/state")
        return try JSONValue(parsing: response.body)
    }

    // MARK: Runtime API

    /// Waits for the environment that an invocation opens, and returns its Runtime API's port.
    func runtimePort(generation: Int = 1) async throws -> Int {
        await self.recorder.wait(for: .initStart, count: generation)
        while true {
            let environment = try await self.state()["functions"]?[0]?["environments"]?[0]
            if let address = environment?["runtimeApi"]?.string, environment?["process"]?.int != nil,
                let port = address.split(separator: ":").last.flatMap({ Int($0) })
            {
                return port
            }
        }
    }

    func call(
        _ method: String,
        _ path: String,
        port: Int,
        headers: HTTPHeaders = [:],
        body: [UInt8] = []
    ) async throws -> HTTPResponse {
        try await self.client.request(
            method,
            host: "127.0.0.1",
            port: port,
            target: "/2018-06-01/runtime/\(path)",
            headers: headers,
            body: body,
            timeout: .seconds(60)
        )
    }
}

extension HTTPResponse {
    var text: String { String(decoding: self.body, as: UTF8.self) }
    var json: JSONValue? { try? JSONValue(parsing: self.body) }
    var requestID: String { self.headers["Lambda-Runtime-Aws-Request-Id"] ?? "" }
}
