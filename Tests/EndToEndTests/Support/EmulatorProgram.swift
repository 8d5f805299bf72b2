import Foundation
import LmonJSON

/// `lmon emulate` on functions of a workspace, ready to be invoked.
struct EmulatorProgram {
    let program: RunningProgram
    let port: Int
    let tee: String

    /// Ports are chosen by the system: another test, or another lmon, may run beside this one. Without a path `more` ends with
    /// `--` and a command.
    static func start(
        _ path: String?,
        in workspace: Workspace,
        _ more: [String] = [],
        tee: String = "127.0.0.1:0",
        variables: [String: String] = [:]
    ) async throws -> EmulatorProgram {
        let arguments = ["emulate", path].compactMap(\.self) + ["--json", "--port", "0", "--tee", tee] + more
        let program = try RunningProgram(arguments, in: workspace, variables: variables)
        try await program.wait(for: "\n")
        let ready = try JSONValue(parsing: program.output.split(separator: "\n").first.map(String.init) ?? "")
        guard ready["ready"]?.bool == true, let invoke = ready["invoke"]?.string, let tee = ready["tee"]?.string,
            let port = invoke.split(separator: ":").last.flatMap({ Int($0) })
        else { throw RunningProgram.TimedOut(description: "not ready: \(program.output)") }
        return EmulatorProgram(program: program, port: port, tee: tee)
    }

    func invoke(_ function: String, _ event: String) async throws -> LoopbackHTTP.Answer {
        try await LoopbackHTTP.post(port: self.port, path: "/2015-03-31/functions/\(function)/invocations", body: event)
    }

    /// `GET /lmon/state` of the only environment.
    func environment() async throws -> JSONValue? {
        let answer = try await LoopbackHTTP.send(method: "GET", port: self.port, path: "/lmon/state", body: "")
        return try JSONValue(parsing: answer.body)["functions"]?[0]?["environments"]?[0]
    }

    func stop() async throws -> Program.Outcome {
        self.program.signal(SIGTERM)
        return try await self.program.end()
    }
}

/// Functions for tests; `event` chooses what they do.
enum Functions {
    /// Answers with its event; calls its own server once when asked, and fails when asked.
    static let echo = #"""
        import http from 'node:http';
        const server = http.createServer((request, response) => response.end('{"ok":true}'));
        await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
        server.unref();
        const base = `http://127.0.0.1:${server.address().port}`;
        export async function handler(event) {
            console.log('seen', event.n);
            if (event.fail) throw new TypeError('asked to fail');
            if (event.call) await (await fetch(`${base}/items/${event.n}`)).text();
            return { n: event.n };
        }
        """#
}

extension Functions {
    /// Answers with its event, as a program of its own that speaks the Runtime API.
    static let commandEcho = """
        #!/usr/bin/env python3
        import http.client, os
        api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
        while True:
            api.request('GET', '/2018-06-01/runtime/invocation/next')
            answer = api.getresponse()
            event = answer.read()
            print('seen', event.decode(), flush=True)
            request = answer.headers['Lambda-Runtime-Aws-Request-Id']
            api.request('POST', f'/2018-06-01/runtime/invocation/{request}/response', event)
            api.getresponse().read()
        """
}

/// A client that knows as little of HTTP as one can.
enum LoopbackHTTP {
    struct Answer: Sendable {
        let status: Int
        let head: String
        let body: String
    }

    struct Failed: Error {
        let what: String
    }

    static func post(port: Int, path: String, body: String) async throws -> Answer {
        try await Self.send(method: "POST", port: port, path: path, body: body)
    }

    static func send(method: String, port: Int, path: String, body: String) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try Self.exchange(method, port: port, path: path, body: body) })
            }
        }
    }

    private static func exchange(_ method: String, port: Int, path: String, body: String) throws -> Answer {
        #if os(Linux)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failed(what: "connect: \(String(cString: strerror(errno)))") }
        let request =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        var rest = Array(request.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failed(what: "write: \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(count)
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            received += buffer[..<count]
        }
        let text = String(decoding: received, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n"), let status = Int(text.dropFirst(9).prefix(3)) else {
            throw Failed(what: "no answer: \(text)")
        }
        return Answer(status: status, head: String(text[..<end.lowerBound]), body: String(text[end.upperBound...]))
    }
}
