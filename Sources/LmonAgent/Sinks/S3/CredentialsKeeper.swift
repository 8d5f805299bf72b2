import LmonHTTP
import LmonS3

/// Has the function's credentials at hand, fetched when they are first needed and again before they end. Their end is
/// judged by the wall clock, which a freeze does not stop. Used on the core's loop only.
final class CredentialsKeeper: @unchecked Sendable {
    // Unchecked: used on the loop only.
    typealias Completion = (Result<S3Credentials, Failed>) -> Void

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    private let origin: CredentialsOrigin
    private let client: HTTPClient
    private var kept: S3Credentials?
    private var waiting: [Completion] = []

    private static let timeout = Duration.seconds(2)
    private static let longestAnswer = 64 << 10

    init(_ origin: CredentialsOrigin, client: HTTPClient) {
        self.origin = origin
        self.client = client
        if case .fixed(let credentials) = origin { self.kept = credentials }
    }

    /// `completed` is called within the call if they are at hand, or cannot be had.
    func current(_ completed: @escaping Completion) {
        if let kept, kept.isFresh(at: SystemClock.now()) { return completed(.success(kept)) }
        guard case .container(let container) = self.origin else {
            return completed(.failure(Failed(description: "the function's credentials have expired")))
        }
        self.waiting.append(completed)
        if self.waiting.count == 1 { self.fetch(container) }
    }

    /// They are not taken any more. False if there are no others to be had.
    func forget() -> Bool {
        guard case .container = self.origin else { return false }
        self.kept = nil
        return true
    }

    private func fetch(_ container: ContainerCredentials) {
        var headers: HTTPHeaders = ["Accept": "application/json", "User-Agent": "lmon-agent"]
        do {
            headers["Authorization"] = try Self.authorization(container.token)
        } catch {
            return self.settle(.failure(Failed(description: "\(error)")))
        }
        let request = HTTPClientRequest(
            "GET",
            isSecure: container.endpoint.isSecure,
            host: container.endpoint.host,
            port: container.endpoint.port,
            target: container.target,
            headers: headers,
            timeout: Self.timeout
        )
        var status = 0
        var body: [UInt8] = []
        let events = HTTPResponseEvents(
            onHead: { code, _ in status = code },
            onBytes: { body += $0.prefix(Self.longestAnswer - body.count) },
            onEnd: { [weak self] result in self?.fetched(result.map { _ in (status, body) }, container) }
        )
        _ = self.client.start(request, events)
    }

    private func fetched(_ result: Result<(Int, [UInt8]), NetworkError>, _ container: ContainerCredentials) {
        switch result {
        case .failure(let error): self.settle(.failure(Failed(description: "no credentials: \(error)")))
        case .success((200, let body)):
            guard let credentials = ContainerCredentials.credentials(from: body) else {
                return self.settle(.failure(Failed(description: "\(container.endpoint) answers with no credentials")))
            }
            self.kept = credentials
            self.settle(.success(credentials))
        case .success((let status, _)):
            self.settle(
                .failure(Failed(description: "\(container.endpoint) gives no credentials: it answered \(status)"))
            )
        }
    }

    private func settle(_ result: Result<S3Credentials, Failed>) {
        let waiting = self.waiting
        self.waiting = []
        for completed in waiting { completed(result) }
    }

    private static func authorization(_ token: ContainerCredentials.Token?) throws(Failed) -> String? {
        switch token {
        case nil: return nil
        case .text(let text):
            guard let value = ContainerCredentials.authorization(text) else {
                throw Failed(description: "AWS_CONTAINER_AUTHORIZATION_TOKEN is not one line of ASCII")
            }
            return value
        case .file(let path):
            guard let text = SmallFile.text(path), let value = ContainerCredentials.authorization(text) else {
                throw Failed(description: "\(path), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, holds no token")
            }
            return value
        }
    }
}
