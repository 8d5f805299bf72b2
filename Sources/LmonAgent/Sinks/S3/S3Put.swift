import LmonHTTP
import LmonRecord
import LmonS3

/// Puts each batch into a bucket. What is to be learned from a refusal is learned at once and for good: the bucket's region,
/// how far this clock is off, that the credentials have ended. Used on the core's loop only.
final class S3Put: DeliveryTransport, @unchecked Sendable {
    // Unchecked: used on the loop only.
    private var session: S3Session
    private let credentials: CredentialsKeeper
    private let client: HTTPClient

    /// Whatever is learned, a batch is sent so often at most before it rests.
    private static let attempts = 3
    private static let longestError = 64 << 10

    init(_ target: S3Target, client: HTTPClient) {
        self.session = S3Session(target.address)
        self.client = client
        self.credentials = CredentialsKeeper(target.credentials, client: client)
    }

    func send(_ batch: DeliveryBatch, timeout: Duration, completed: @escaping (DeliveryAnswer) -> Void) {
        self.send(batch, timeout, attempt: 1, completed)
    }

    private func send(
        _ batch: DeliveryBatch,
        _ timeout: Duration,
        attempt: Int,
        _ completed: @escaping (DeliveryAnswer) -> Void
    ) {
        self.credentials.current { [weak self] result in
            guard let self else { return }
            switch result {
            case .success(let credentials): self.put(batch, timeout, credentials, attempt, completed)
            case .failure(let error):
                completed(DeliveryAnswer(verdict: .returned, status: nil, message: error.description))
            }
        }
    }

    private func put(
        _ batch: DeliveryBatch,
        _ timeout: Duration,
        _ credentials: S3Credentials,
        _ attempt: Int,
        _ completed: @escaping (DeliveryAnswer) -> Void
    ) {
        let address = self.session.address
        let request = address.put(batch.body, key: batch.key ?? "", contentType: batch.contentType)
        var answer = S3Answer(limit: Self.longestError)
        let events = HTTPResponseEvents(
            onHead: { answer.begin($0, $1) },
            onBytes: { answer.append($0) },
            onEnd: { [weak self] result in
                guard let self else { return }
                let outcome = result.map { _ in answer }
                if case .success(let answer) = outcome, attempt < Self.attempts, self.learns(from: answer) {
                    return self.send(batch, timeout, attempt: attempt + 1, completed)
                }
                completed(Self.verdict(outcome))
            }
        )
        let headers = self.session.headers(of: request, credentials, now: SystemClock.now())
        _ = self.client.start(
            HTTPClientRequest(
                "PUT",
                isSecure: address.endpoint.isSecure,
                host: address.host,
                port: address.endpoint.port,
                target: request.target,
                headers: HTTPHeaders(headers + [("User-Agent", "lmon-agent")]),
                body: .whole(request.body),
                timeout: timeout
            ),
            events
        )
    }

    /// Whether the same request, made anew, may fare better at once.
    private func learns(from answer: S3Answer) -> Bool {
        guard let failure = answer.failure else { return false }
        switch self.session.learn(from: failure, now: SystemClock.now()) {
        case .again: return true
        case .againWithOtherCredentials: return self.credentials.forget()
        case .none: return false
        }
    }

    /// A batch is never at fault: it is small, and what is wrong with keys, rights or the bucket may be put right.
    private static func verdict(_ result: Result<S3Answer, NetworkError>) -> DeliveryAnswer {
        switch result {
        case .failure(let error): DeliveryAnswer(verdict: .returned, status: nil, message: error.description)
        case .success(let answer):
            DeliveryAnswer(
                verdict: answer.failure == nil ? .taken : .returned,
                status: answer.status,
                message: answer.failure?.description,
                retryAfter: answer.retryAfter
            )
        }
    }
}

/// An answer as it comes in; of a success the body does not matter.
private struct S3Answer {
    private(set) var status = 0
    private(set) var retryAfter: String?
    private var region: String?
    private var body: [UInt8] = []
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    mutating func begin(_ status: Int, _ headers: HTTPHeaders) {
        self.status = status
        self.retryAfter = headers["Retry-After"]
        self.region = headers["x-amz-bucket-region"]
    }

    mutating func append(_ bytes: [UInt8]) {
        self.body += bytes.prefix(self.limit - self.body.count)
    }

    var failure: S3Failure? {
        (200..<300).contains(self.status)
            ? nil : S3Failure(status: self.status, bucketRegion: self.region, body: self.body)
    }
}
