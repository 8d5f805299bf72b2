import Foundation
import LmonEmulator
import LmonHTTP
import LmonJSON
import LmonRecord

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The test in the place of extensions, and of the runtime.
extension Rig {
    /// A function `f` whose runtime and whose external extensions do nothing but live.
    static func standIn(
        extensions names: [String],
        timeout: Duration = .seconds(10),
        configure: (inout EmulatorConfiguration) -> Void = { _ in },
        _ body: (Rig) async throws -> Void
    ) async throws {
        try await self.run(
            files: ["idle.sh": "#!/bin/sh\nexec sleep 1000\n"],
            functions: { folder in
                let script = folder.appendingPathComponent("idle.sh").path
                chmod(script, 0o755)
                var function = EmulatedFunction(
                    name: "f",
                    runtime: .command(executable: "sleep", arguments: ["1000"]),
                    handler: "none",
                    codeFolder: folder.path
                )
                function.timeout = timeout
                function.extensions = names.map { ExternalExtension(name: $0, executable: script) }
                return [function]
            },
            configure: configure,
            body
        )
    }

    func environment() async throws -> JSONValue? {
        try await self.state()["functions"]?[0]?["environments"]?[0]
    }

    /// Waits until so many extensions have processes, and returns the port of the environment's APIs.
    func extensionPort(count: Int = 1) async throws -> Int {
        await self.recorder.wait(for: .initStart)
        while true {
            let environment = try await self.environment()
            let running = environment?["extensions"]?.array?.count { $0["process"]?.int != nil } ?? 0
            if running == count, let port = environment?["runtimeApi"]?.string?.split(separator: ":").last,
                let port = Int(port)
            {
                return port
            }
        }
    }

    /// Waits until the environment's extensions are as told.
    func wait(forExtensions states: String...) async throws {
        while try await self.environment()?["extensions"]?.array?.compactMap({ $0["state"]?.string }) != states {}
    }

    func wait(forOpenPolls count: Int) async throws {
        while try await self.environment()?["openPolls"]?.int != count {}
    }

    func register(
        _ name: String?,
        _ body: String = #"{"events":["INVOKE","SHUTDOWN"]}"#,
        port: Int,
        features: String? = nil
    ) async throws -> HTTPResponse {
        var headers: HTTPHeaders = [:]
        if let name { headers.add("Lambda-Extension-Name", name) }
        if let features { headers.add("Lambda-Extension-Accept-Feature", features) }
        return try await self.extensionCall("POST", "register", port: port, headers: headers, body: body)
    }

    func nextEvent(_ identifier: String, port: Int) async throws -> HTTPResponse {
        try await self.extensionCall("GET", "event/next", port: port, identifier: identifier)
    }

    /// `kind` is `init` or `exit`.
    func report(
        _ kind: String,
        error: String? = "Extension.Boom",
        _ identifier: String?,
        port: Int
    ) async throws -> HTTPResponse {
        var headers: HTTPHeaders = [:]
        if let error { headers.add("Lambda-Extension-Function-Error-Type", error) }
        return try await self.extensionCall(
            "POST",
            "\(kind)/error",
            port: port,
            identifier: identifier,
            headers: headers,
            body: "not even JSON"
        )
    }

    func subscribe(_ identifier: String?, _ body: String, port: Int) async throws -> HTTPResponse {
        try await self.extensionCall("PUT", "/2022-07-01/telemetry", port: port, identifier: identifier, body: body)
    }

    func extensionCall(
        _ method: String,
        _ path: String,
        port: Int,
        identifier: String? = nil,
        headers: HTTPHeaders = [:],
        body: String = ""
    ) async throws -> HTTPResponse {
        var headers = headers
        if let identifier { headers.add("Lambda-Extension-Identifier", identifier) }
        return try await self.client.request(
            method,
            host: "127.0.0.1",
            port: port,
            target: path.hasPrefix("/") ? path : "/2020-01-01/extension/\(path)",
            headers: headers,
            body: Array(body.utf8),
            timeout: .seconds(60)
        )
    }

    /// The runtime's answer to an invocation.
    func respond(_ requestID: String, port: Int) async throws {
        _ = try await self.call("POST", "invocation/\(requestID)/response", port: port, body: Array("1".utf8))
    }
}

extension HTTPResponse {
    var identifier: String { self.headers["Lambda-Extension-Identifier"] ?? "" }

    /// Status and body, as they were sent.
    var whole: String { "\(self.status) \(self.text)" }

    static func refusal(_ type: String, _ message: String, status: Int = 403) -> String {
        "\(status) {\"errorMessage\":\"\(message)\",\"errorType\":\"\(type)\"}\n"
    }
}
