import Foundation
import LmonArchive
package import LmonHTTP
package import LmonRecord
package import LmonS3

/// Asks a bucket for lists and objects. Lives on a loop; what an answer teaches (the bucket's region, the clock, that
/// credentials have ended) is used for all that follow.
package actor S3Client {
    private nonisolated let loop: Loop
    private let http: HTTPClient
    private let credentials: ViewerCredentials
    private var session: S3Session
    private var kept: S3Credentials?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    private static let timeout = Duration.seconds(30)
    private static let attempts = 3
    private static let longestList = 8 << 20
    /// Of an object's lines.
    private static let longestBatch = 64 << 20

    package init(
        _ location: S3Location,
        credentials: ViewerCredentials,
        loop: Loop,
        security: (any ClientSecurity)?
    ) throws {
        self.loop = loop
        self.http = HTTPClient(loop: loop, security: security)
        self.credentials = credentials
        self.session = S3Session(try credentials.settings().address(location))
    }

    /// A page, and what time it is there.
    package func list(
        _ listing: BucketReader.Listing
    ) async throws(BucketReader.Trouble) -> (page: S3ListPage, serverTime: Timestamp?) {
        let answer = try await self.answer(limit: Self.longestList) {
            $0.list(
                prefix: listing.prefix,
                after: listing.after,
                delimiter: listing.delimiter,
                continuation: listing.continuation
            )
        }
        do {
            return (try S3ListPage(xml: answer.body), answer.headers["Date"].flatMap { HTTPDate.time($0) })
        } catch {
            throw .broken("\(error)")
        }
    }

    /// An object's records.
    package func batch(key: String, size: Int) async throws(BucketReader.Trouble) -> BucketReader.Contents {
        let answer = try await self.answer(limit: max(size, 1) + 1024) { $0.get(key: key) }
        return Self.contents(answer.body)
    }

    static func contents(_ body: [UInt8]) -> BucketReader.Contents {
        let bytes: [UInt8]
        do {
            bytes = try Gzip.decompressed(body, limit: Self.longestBatch)
        } catch {
            return .unreadable("\(error)")
        }
        var lines = RecordLines()
        var elements = lines.append(bytes)
        if let last = lines.finish() { elements.append(last) }
        let records = elements.compactMap { try? $0.get() }
        return .records(records, brokenLines: elements.count - records.count)
    }

    package func close() { self.http.close() }

    // MARK: Requests

    private func answer(
        limit: Int,
        _ make: (S3Address) -> S3Request
    ) async throws(BucketReader.Trouble) -> HTTPResponse {
        var attempt = 1
        while true {
            let credentials = try await self.currentCredentials()
            let answer = try await self.send(make(self.session.address), credentials, limit: limit)
            guard !(200..<300).contains(answer.status) else { return answer }
            let failure = S3Failure(
                status: answer.status,
                bucketRegion: answer.headers["x-amz-bucket-region"],
                body: answer.body
            )
            guard attempt < Self.attempts, self.learns(from: failure, credentials) else {
                throw Self.trouble(failure, retryAfter: answer.headers["Retry-After"])
            }
            attempt += 1
        }
    }

    private func send(
        _ request: S3Request,
        _ credentials: S3Credentials,
        limit: Int
    ) async throws(BucketReader.Trouble) -> HTTPResponse {
        let address = self.session.address
        let headers = self.session.headers(of: request, credentials, now: Self.now())
        do {
            return try await self.http.request(
                request.method,
                isSecure: address.endpoint.isSecure,
                host: address.host,
                port: address.endpoint.port,
                target: request.target,
                headers: HTTPHeaders(headers + [("User-Agent", "lmon")]),
                body: request.body,
                timeout: Self.timeout,
                limit: max(limit, 64 << 10)
            )
        } catch {
            switch error.code {
            case .tooLarge: throw .broken("\(error)")
            default: throw .unreachable("\(error)")
            }
        }
    }

    private func learns(from failure: S3Failure, _ used: S3Credentials) -> Bool {
        switch self.session.learn(from: failure, now: Self.now()) {
        case .again: return true
        case .againWithOtherCredentials:
            self.kept = nil
            guard let found = try? self.credentials.find(), case .keys(let keys) = found else { return true }
            return keys != used
        case .none: return false
        }
    }

    private static func trouble(_ failure: S3Failure, retryAfter: String?) -> BucketReader.Trouble {
        switch failure.kind {
        case .busy:
            let seconds = retryAfter.flatMap { Int64($0) }.map { min(max(0, $0), 3600) }
            return .busy("\(failure)", retryAfter: seconds.map { $0 * 1000 })
        case .noObject where failure.code != nil: return .missing
        case .expired: return .refused("the credentials are not valid any more: \(failure)")
        case .noBucket, .noObject: return .refused("\(failure); is the bucket's name right?")
        case .denied: return .refused("\(failure); needed are s3:ListBucket on the bucket, s3:GetObject on its objects")
        case .redirected, .skewed, .other: return .refused("\(failure)")
        }
    }

    private static func now() -> Timestamp { Timestamp(milliseconds: Date().timeIntervalSince1970 * 1000) }

    // MARK: Credentials

    private func currentCredentials() async throws(BucketReader.Trouble) -> S3Credentials {
        if let kept, kept.isFresh(at: Self.now()) { return kept }
        do {
            switch try self.credentials.find() {
            case .keys(let keys): self.kept = keys
            case .container(let container): self.kept = try await self.fetch(container)
            }
        } catch let error as NetworkError {
            throw .unreachable("no credentials: \(error)")
        } catch {
            throw .refused("\(error)")
        }
        guard let kept else { throw .refused("no credentials") }
        return kept
    }

    private func fetch(_ container: ContainerCredentials) async throws -> S3Credentials {
        var headers: HTTPHeaders = ["Accept": "application/json"]
        switch container.token {
        case nil: break
        case .text(let text): headers["Authorization"] = ContainerCredentials.authorization(text)
        case .file(let path):
            let text = try String(contentsOfFile: path, encoding: .utf8)
            headers["Authorization"] = ContainerCredentials.authorization(text)
        }
        let answer = try await self.http.request(
            "GET",
            isSecure: container.endpoint.isSecure,
            host: container.endpoint.host,
            port: container.endpoint.port,
            target: container.target,
            headers: headers,
            timeout: .seconds(5),
            limit: 64 << 10
        )
        guard answer.status == 200, let credentials = ContainerCredentials.credentials(from: answer.body) else {
            throw ViewerCredentials.Missing(
                description: "\(container.endpoint) gives no credentials: it answered \(answer.status)"
            )
        }
        return credentials
    }
}
