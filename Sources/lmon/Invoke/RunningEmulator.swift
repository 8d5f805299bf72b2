import LambdaWire
import LmonHTTP
import LmonJSON

/// The Invoke API of an emulator in another process.
struct RunningEmulator {
    let address: HostPort
    private let client: HTTPClient

    init(port: Int, loop: Loop) {
        self.address = HostPort(host: "127.0.0.1", port: port)
        self.client = HTTPClient(loop: loop)
    }

    /// The names of its functions; nil if no emulator answers there.
    func functions() async -> [String]? {
        let response = try? await self.client.request(
            "GET",
            host: self.address.host,
            port: self.address.port,
            target: "/lmon/state",
            timeout: .seconds(2)
        )
        guard let response, response.status == 200, let state = try? JSONValue(parsing: response.body) else {
            return nil
        }
        return state["functions"]?.array?.compactMap { $0["name"]?.string }
    }

    func invoke(_ function: String, event: [UInt8], asynchronous: Bool) async throws -> InvokeResult {
        let response: HTTPResponse
        do {
            response = try await self.client.request(
                "POST",
                host: self.address.host,
                port: self.address.port,
                target: "/2015-03-31/functions/\(function)/invocations",
                headers: [LambdaHeader.invocationType: asynchronous ? "Event" : "RequestResponse"],
                body: event,
                timeout: nil
            )
        } catch {
            throw Failure.run("the emulator on \(self.address) did not answer: \(error)")
        }
        let requestID = response.headers[LambdaHeader.serviceRequestID] ?? ""
        guard response.status < 300 else {
            let message = (try? JSONValue(parsing: response.body))?["Message"]?.string ?? "status \(response.status)"
            let type = response.headers[LambdaHeader.serviceErrorType]
            throw Failure.run([type, message].compactMap(\.self).joined(separator: ": "))
        }
        let isFailed = response.headers[LambdaHeader.functionError] != nil
        return InvokeResult(requestID: requestID, isFailed: isFailed, body: response.body)
    }
}

/// What the caller of a function gets.
struct InvokeResult {
    let requestID: String
    let isFailed: Bool
    let body: [UInt8]
}
