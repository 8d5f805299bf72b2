import LmonHTTP

/// How a batch gets to where it is sent. Used on the core's loop only.
protocol DeliveryTransport: AnyObject {
    /// Sends it once; `completed` is called on the loop, exactly once, maybe within the call.
    func send(_ batch: DeliveryBatch, timeout: Duration, completed: @escaping (DeliveryAnswer) -> Void)
}

struct DeliveryAnswer {
    let verdict: DeliveryVerdict
    let status: Int?
    let message: String?
    /// The field `Retry-After` as it came.
    var retryAfter: String?
}

/// POSTs each batch to the same address.
final class HTTPPost: DeliveryTransport {
    private let endpoint: Endpoint
    private let target: String
    private let token: String?
    private let client: HTTPClient

    init(_ endpoint: Endpoint, target: String, token: String?, client: HTTPClient) {
        self.endpoint = endpoint
        self.target = target
        self.token = token
        self.client = client
    }

    func send(_ batch: DeliveryBatch, timeout: Duration, completed: @escaping (DeliveryAnswer) -> Void) {
        var headers: HTTPHeaders = ["Content-Type": batch.contentType, "User-Agent": "lmon-agent"]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        let request = HTTPClientRequest(
            "POST",
            isSecure: self.endpoint.isSecure,
            host: self.endpoint.host,
            port: self.endpoint.port,
            target: self.target,
            headers: headers,
            body: .whole(batch.body),
            timeout: timeout
        )
        var status = 0
        var retryAfter: String?
        let events = HTTPResponseEvents(
            onHead: {
                status = $0
                retryAfter = $1["Retry-After"]
            },
            onBytes: { _ in },
            onEnd: { completed(Self.answer($0.map { _ in status }, retryAfter)) }
        )
        // The pool keeps the call.
        _ = self.client.start(request, events)
    }

    /// 400, 413 and 422 are about the batch; all else is about the sink.
    private static func answer(_ result: Result<Int, NetworkError>, _ retryAfter: String?) -> DeliveryAnswer {
        switch result {
        case .success(let status):
            let verdict: DeliveryVerdict =
                switch status {
                case 200..<300: .taken
                case 400, 413, 422: .refused
                default: .returned
                }
            return DeliveryAnswer(verdict: verdict, status: status, message: nil, retryAfter: retryAfter)
        case .failure(let error): return DeliveryAnswer(verdict: .returned, status: nil, message: error.description)
        }
    }
}
