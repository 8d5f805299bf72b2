import Foundation
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonS3
import LmonSpool

/// Keeps a stream from a collector open: a connection that is lost is tried again, with growing pauses, and reading goes on
/// behind the last mark. Lives on a loop of its own, so that whoever takes its records may hold it up.
final class CollectorTail: @unchecked Sendable {
    // Unchecked: everything but what never changes is used on the loop only.
    private let loop = Loop()
    private let endpoint: S3Endpoint
    private let token: String?
    private let wish: CollectorSource.Wish
    private let client: HTTPClient
    private var output: (@Sendable (CollectorSource.Output) -> Bool)?
    private var stream = CollectorStream()
    private var cursor: SpoolCursor?
    private var call: HTTPCall?
    private var timer: LoopTimer?
    private var attempt = 0
    /// A mark has come at some time: what goes wrong from now on may pass.
    private var hasBegun = false
    private var isConnected = false
    private var httpStatus = 0
    private var hasRecords = false
    private var refusal: [UInt8] = []
    private var lastHeard = ContinuousClock.now
    private var status = RemoteStatus(pace: "")
    private var lastStatus: (status: RemoteStatus, at: ContinuousClock.Instant)?
    private var statusTimer: LoopTimer?
    private var gaps = GapWatch()
    private let began = CollectorTail.now
    private var newestRecord = CollectorTail.now

    private static let pauses = [250, 500, 1000, 2000, 5000]
    /// A collector says something each 15 s.
    private static let silence = Duration.seconds(50)
    /// From so many records on it is said how far behind the reader is.
    private static let farBehind: Int64 = 1000

    init(
        _ endpoint: S3Endpoint,
        token: String?,
        wish: CollectorSource.Wish,
        security: (any ClientSecurity)?
    ) {
        self.endpoint = endpoint
        self.token = token
        self.wish = wish
        self.client = HTTPClient(loop: self.loop, idleLimit: 0, security: security)
    }

    func start(_ output: @escaping @Sendable (CollectorSource.Output) -> Bool) {
        self.loop.execute {
            self.output = output
            if self.token != nil, !self.endpoint.isSecure, !HostCheck.isLoopback(self.endpoint.host) {
                self.tell(.notice("\(self.endpoint): the token goes there unencrypted"))
            }
            self.connect()
        }
    }

    func stop() {
        self.loop.execute { self.over() }
    }

    // MARK: A connection

    private func connect() {
        guard self.output != nil else { return }
        self.stream = CollectorStream()
        self.httpStatus = 0
        self.refusal = []
        self.isConnected = false
        self.lastHeard = .now
        var headers: HTTPHeaders = ["Accept": "application/x-ndjson", "User-Agent": "lmon"]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        let request = HTTPClientRequest(
            "GET",
            isSecure: self.endpoint.isSecure,
            host: self.endpoint.host,
            port: self.endpoint.port,
            target: "\(self.endpoint.path)/v1/records?\(self.query)",
            headers: headers,
            timeout: nil
        )
        self.call = self.client.start(
            request,
            HTTPResponseEvents(
                onHead: { status, _ in self.httpStatus = status },
                onBytes: { self.received($0) },
                onEnd: { self.ended($0) }
            )
        )
        self.watch()
    }

    private var query: String {
        var parts: [(String, String)] = []
        if self.wish.follows { parts.append(("follow", "true")) }
        if let cursor {
            parts.append(("after", cursor.description))
        } else if let start = self.wish.start.time(now: Self.now.millisecondsSinceEpoch) {
            parts.append(("since", Timestamp(microseconds: start * 1000).description))
        }
        if let function = self.wish.function { parts.append(("function", function)) }
        if let filter = self.wish.filter { parts.append(("filter", filter)) }
        return parts.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
    }

    /// Gives a connection up that is silent for too long.
    private func watch() {
        self.timer?.cancel()
        self.timer = self.loop.schedule(after: Self.silence) {
            // Whoever takes the records may have held this up meanwhile.
            guard self.lastHeard.duration(to: .now) >= Self.silence else { return self.watch() }
            self.call?.cancel()
        }
    }

    private func received(_ bytes: [UInt8]) {
        guard self.httpStatus == 200 else {
            if self.refusal.count < 4096 { self.refusal += bytes }
            return
        }
        for element in self.stream.append(bytes) {
            guard self.output != nil else { return }
            switch element {
            case .piece(let records, let mark): self.take(records, mark)
            case .broken(let error): self.tell(.notice("\(self.endpoint): a line is no record: \(error)"))
            }
        }
        self.lastHeard = .now
    }

    private func take(_ records: [Record], _ mark: StreamMark) {
        if !self.isConnected {
            self.isConnected = true
            self.hasBegun = true
            self.attempt = 0
            self.tell(.connected)
        }
        if mark.isMissing { self.tell(.notice("\(self.endpoint): records were deleted before they could be read")) }
        if let cursor, cursor.store != mark.cursor.store {
            self.tell(.notice("\(self.endpoint): another store is there now; it is read from its beginning"))
        }
        if !records.isEmpty { self.take(records) }
        self.cursor = mark.cursor
        switch mark.state {
        case .follows: self.tellStatus(mark)
        case .end: self.end(nil)
        case .stopping: self.lost("the collector is being stopped")
        case .broken: self.lost("the collector cannot read its store")
        }
    }

    private func take(_ records: [Record]) {
        self.gaps.take(records)
        let now = Self.now
        if let newest = records.lazy.map(\.time).max(), newest > self.newestRecord {
            self.newestRecord = newest
            self.status.lag = Int64(max(0, now.milliseconds(since: newest)))
        }
        self.hasRecords = true
        self.tell(.records(records))
    }

    /// Once a second at most, and when it is caught up.
    private func tellStatus(_ mark: StreamMark) {
        guard self.wish.follows else { return }
        let behind = mark.newest - mark.cursor.number
        self.status.pace = behind > Self.farBehind ? "\(behind) records behind" : "live"
        self.status.missing = self.gaps.missing
        self.status.isEmpty = !self.hasRecords && behind == 0
        if let last = self.lastStatus {
            let isNews = self.status.pace != last.status.pace && self.status.pace == "live"
            let isDue = last.at.duration(to: .now) > .seconds(1)
            guard self.status != last.status else { return }
            guard isNews || isDue else { return self.tellStatusLater() }
        }
        self.tellStatus()
    }

    private func tellStatus() {
        self.lastStatus = (self.status, .now)
        self.tell(.status(self.status))
    }

    /// The next mark may be long in coming.
    private func tellStatusLater() {
        guard self.statusTimer == nil else { return }
        self.statusTimer = self.loop.schedule(after: .seconds(1)) {
            self.statusTimer = nil
            if self.status != self.lastStatus?.status { self.tellStatus() }
        }
    }

    private static var now: Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }

    // MARK: Its end

    private func ended(_ result: Result<HTTPHeaders, NetworkError>) {
        guard self.call != nil else { return }
        switch result {
        case .success where self.httpStatus == 200: self.lost("the connection was closed")
        case .success: self.refused()
        case .failure(let error): self.failed(error)
        }
    }

    private func failed(_ error: NetworkError) {
        guard self.hasBegun else { return self.end("\(self.endpoint): \(self.words(error))") }
        self.lost(error.code == .cancelled ? "nothing was heard for a while" : error.description)
    }

    private func words(_ error: NetworkError) -> String {
        switch error.code {
        case .refused: "\(error); is lmon collect running there?"
        case .untrusted: "\(error); SSL_CERT_FILE may name the certificates to trust"
        default: error.description
        }
    }

    /// What another attempt cannot change ends it.
    private func refused() {
        let said = (try? JSONValue(parsing: self.refusal))?["error"]?.string
        let what =
            switch self.httpStatus {
            case 401:
                self.token == nil
                    ? "a viewer's token is needed: LMON_TOKEN" : "LMON_TOKEN is no token that is known there"
            case 403: said ?? "LMON_TOKEN may not read"
            case 404: "no collector answers there"
            default: said.map { "\($0) (status \(self.httpStatus))" } ?? "status \(self.httpStatus)"
            }
        if self.httpStatus >= 500 || [408, 429].contains(self.httpStatus) { return self.lost(what) }
        self.end("\(self.endpoint): \(what)")
    }

    private func lost(_ reason: String) {
        let call = self.call
        self.call = nil
        call?.cancel()
        guard self.output != nil else { return }
        let pause = Self.pauses[min(self.attempt, Self.pauses.count - 1)]
        self.attempt += 1
        self.tell(.lost("\(self.endpoint): \(reason)", retryAfter: pause))
        self.timer?.cancel()
        // Not all viewers of a collector at the same time.
        let milliseconds = Int(Double(pause) * Double.random(in: 0.8...1.2))
        self.timer = self.loop.schedule(after: .milliseconds(milliseconds)) { self.connect() }
    }

    private func end(_ reason: String?) {
        self.tell(.ended(reason))
        self.over()
    }

    private func tell(_ output: CollectorSource.Output) {
        guard let take = self.output else { return }
        if !take(output) { self.over() }
    }

    private func over() {
        self.output = nil
        self.statusTimer?.cancel()
        self.timer?.cancel()
        let call = self.call
        self.call = nil
        call?.cancel()
    }
}
