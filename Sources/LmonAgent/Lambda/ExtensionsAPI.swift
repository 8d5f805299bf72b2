import LambdaWire
import LmonHTTP
import LmonJSON

/// An extension's side of the Extensions and Telemetry APIs (2020-01-01, 2022-07-01). Used on the loop; every call is answered
/// there.
final class ExtensionsAPI: @unchecked Sendable {
    // Unchecked: used on the loop only.
    struct Failure: Error, CustomStringConvertible {
        let status: Int?
        let description: String
    }

    struct Registration {
        let identifier: String
        let functionName: String
        let functionVersion: String
        let handler: String
        let account: String?
    }

    enum Event {
        case invoke(Invoke)
        case shutdown(reason: String, deadline: EpochTime)
        /// A type that is not known; its turn is over when `next` is called again.
        case unknown(String)

        struct Invoke {
            let requestID: String
            let deadline: EpochTime
            let functionARN: String?
            let tracing: [UInt8]?
        }
    }

    private let client: HTTPClient
    private let endpoint: Endpoint
    private let name: String
    private var identifier = ""

    init(_ endpoint: Endpoint, name: String, loop: Loop) {
        self.endpoint = endpoint
        self.name = name
        self.client = HTTPClient(loop: loop, idleLimit: 2)
    }

    func register(_ events: [String], then: @escaping (Result<Registration, Failure>) -> Void) {
        let body = JSONWriter.object { writer in
            writer.array("events") { for event in events { $0.string(event) } }
        }
        let headers: HTTPHeaders = [
            "Lambda-Extension-Name": self.name, "Lambda-Extension-Accept-Feature": "accountId",
            "Content-Type": "application/json",
        ]
        self.send("POST", "/2020-01-01/extension/register", headers, body, timeout: .seconds(10)) { result in
            then(result.flatMap { self.registered($0) })
        }
    }

    private func registered(_ answer: Answer) -> Result<Registration, Failure> {
        guard answer.status == 200, let identifier = answer.headers["Lambda-Extension-Identifier"] else {
            return .failure(answer.failure("register"))
        }
        self.identifier = identifier
        let value = try? JSONValue(parsing: answer.body)
        return .success(
            Registration(
                identifier: identifier,
                functionName: value?["functionName"]?.string ?? "",
                functionVersion: value?["functionVersion"]?.string ?? "",
                handler: value?["handler"]?.string ?? "",
                account: value?["accountId"]?.string
            )
        )
    }

    /// Lambda's smallest buffers: what is told sooner is seen sooner. Success only where it will tell.
    func subscribe(_ types: [String], port: Int, then: @escaping (Result<Void, Failure>) -> Void) {
        let body = JSONWriter.object { writer in
            writer.member("schemaVersion", "2022-12-13")
            writer.array("types") { for type in types { $0.string(type) } }
            writer.object("buffering") {
                $0.member("maxItems", 1000)
                $0.member("maxBytes", 262_144)
                $0.member("timeoutMs", 25)
            }
            writer.object("destination") {
                $0.member("protocol", "HTTP")
                $0.member("URI", "http://sandbox.localdomain:\(port)/telemetry")
            }
        }
        let headers: HTTPHeaders = [
            "Lambda-Extension-Identifier": self.identifier, "Content-Type": "application/json",
        ]
        self.send("PUT", "/2022-07-01/telemetry", headers, body, timeout: .seconds(2)) { result in
            then(result.flatMap { $0.status == 200 ? .success(()) : .failure($0.failure("telemetry")) })
        }
    }

    /// Waits as long as it takes: the environment may be frozen for hours.
    func next(then: @escaping (Result<Event, Failure>) -> Void) {
        let headers: HTTPHeaders = ["Lambda-Extension-Identifier": self.identifier]
        self.send("GET", "/2020-01-01/extension/event/next", headers, [], timeout: nil) { result in
            then(result.flatMap { $0.status == 200 ? .success(Self.event($0.body)) : .failure($0.failure("next")) })
        }
    }

    private static func event(_ body: [UInt8]) -> Event {
        guard let value = try? JSONValue(parsing: body) else { return .unknown("") }
        let deadline = EpochTime(microseconds: Int64((value["deadlineMs"]?.double ?? 0) * 1000))
        switch value["eventType"]?.string {
        case "INVOKE":
            let tracing = value["tracing"].flatMap { $0.object == nil ? nil : $0.bytes }
            let requestID = value["requestId"]?.string ?? ""
            return .invoke(
                Event.Invoke(
                    requestID: requestID,
                    deadline: deadline,
                    functionARN: value["invokedFunctionArn"]?.string,
                    tracing: tracing
                )
            )
        case "SHUTDOWN":
            return .shutdown(reason: value["shutdownReason"]?.string?.lowercased() ?? "", deadline: deadline)
        case let other: return .unknown(other ?? "")
        }
    }

    // MARK: Requests

    private struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]

        func failure(_ what: String) -> Failure {
            let text = String(decoding: self.body.prefix(200), as: UTF8.self).split(separator: "\n").joined(
                separator: " "
            )
            return Failure(status: self.status, description: "\(what) was answered \(self.status): \(text)")
        }
    }

    private func send(
        _ method: String,
        _ target: String,
        _ headers: HTTPHeaders,
        _ body: [UInt8],
        timeout: Duration?,
        then: @escaping (Result<Answer, Failure>) -> Void
    ) {
        var status = 0
        var fields: HTTPHeaders = [:]
        var bytes: [UInt8] = []
        let request = HTTPClientRequest(
            method,
            host: self.endpoint.host,
            port: self.endpoint.port,
            target: target,
            headers: headers,
            body: .whole(body),
            timeout: timeout
        )
        let events = HTTPResponseEvents(
            onHead: { (status, fields) = ($0, $1) },
            // Answers are short; whatever else comes is not read.
            onBytes: { if bytes.count < 1 << 20 { bytes += $0 } },
            onEnd: { result in
                switch result {
                case .success: then(.success(Answer(status: status, headers: fields, body: bytes)))
                case .failure(let error): then(.failure(Failure(status: nil, description: error.description)))
                }
            }
        )
        _ = self.client.start(request, events)
    }
}
