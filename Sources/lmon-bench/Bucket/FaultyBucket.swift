#if Remote
import LmonHTTP
import LmonRecord
import LmonRemote
import LmonS3
import LmonSpool
import Synchronization

/// A bucket on loopback that speaks as much of S3 as lmon asks for, fails by chance, shows some objects late and some twice.
/// Used on its loop only, but for what is said to be otherwise.
final class FaultyBucket: @unchecked Sendable {
    // Unchecked: used on the loop only.
    struct Counts {
        var puts = 0
        var gets = 0
        var lists = 0
        /// Objects that were put once more, as they were.
        var again = 0
        /// Objects that another one repeats under a key of its own.
        var copies = 0
        /// Objects that lists have only later.
        var late = 0
        var oddities: [String] = []
    }

    static let name = "soak"

    let loop = Loop()
    private let clock: ViewerClock
    /// One in so many objects is acknowledged and forgotten, for the test of the trial.
    private let forgetsOneIn: Int?
    private var faults: BucketFaults
    private(set) var shelf = ObjectShelf()
    private(set) var counts = Counts()
    private var server: HTTPServer?
    private let frozen = Mutex<Set<String>>([])

    init(clock: ViewerClock, seed: UInt64, forgetsOneIn: Int?) {
        self.clock = clock
        self.forgetsOneIn = forgetsOneIn
        self.faults = BucketFaults(seed: seed)
    }

    /// Its port.
    func open() throws -> Int {
        let server = try HTTPServer.openLoopback(on: self.loop) { [weak self] in self?.handle($0, $1) }
        self.server = server
        return server.port
    }

    func close() async {
        await self.server?.close()
        await self.loop.shutdown()
    }

    var faultCounts: [BucketFault: Int] { self.faults.counts }

    /// From any thread: while an environment is frozen, nothing that it has begun to send arrives.
    func freeze(_ environment: String, _ isFrozen: Bool) {
        self.frozen.withLock { if isFrozen { $0.insert(environment) } else { $0.remove(environment) } }
    }

    // MARK: Requests

    private func handle(_ request: HTTPRequest, _ responder: Responder) {
        let path = request.path.dropFirst("/\(Self.name)".count)
        let key = PercentEncoding.decode(String(path.dropFirst())) ?? ""
        switch request.method {
        case "PUT": self.put(key, request.body, responder)
        case "GET" where key.isEmpty: self.list(Self.query(request.head), responder)
        case "GET": self.get(key, responder)
        default:
            self.counts.oddities.append("\(request.method) \(request.path)")
            responder.respond(status: 405)
        }
    }

    private func refuse(_ responder: Responder, _ fault: BucketFault) {
        let status = fault == .slowDown ? 503 : 500
        let headers: HTTPHeaders = self.faults.happens(0.1) ? ["Retry-After": "1"] : [:]
        let body = "<Error><Code>\(fault.rawValue)</Code><Message>by chance</Message></Error>"
        responder.respond(status: status, headers: headers, body: Array(body.utf8))
    }

    private func later(_ milliseconds: ClosedRange<Int>, _ body: @escaping @Sendable () -> Void) {
        self.loop.schedule(after: .milliseconds(self.faults.number(milliseconds)), body)
    }

    // MARK: Puts

    private func put(_ key: String, _ body: [UInt8], _ responder: Responder) {
        self.counts.puts += 1
        guard let name = BatchKey.name(key, prefix: BucketSoak.prefix) else {
            self.counts.oddities.append("an object \(key)")
            return responder.respond(status: 400)
        }
        if self.frozen.withLock({ $0.contains(name.environment) }) { return responder.abort() }
        let fault = self.faults.next(.put, key: key, at: self.clock.now)
        switch fault {
        case .slowDown?, .internalError?: return self.refuse(responder, fault ?? .slowDown)
        case .cut?: return responder.abort()
        case .unacknowledged?, .doneButFailed?, .tooLate?, .slow?, .malformed?, nil: break
        }
        self.keep(key, body)
        switch fault {
        case .unacknowledged?: responder.abort()
        case .doneButFailed?: self.refuse(responder, .internalError)
        case .slow?: self.later(50...1000) { responder.respond(status: 200) }
        case .tooLate?: self.later(6000...7000) { responder.respond(status: 200) }
        default: responder.respond(status: 200)
        }
    }

    private func keep(_ key: String, _ body: [UInt8]) {
        if let forgetsOneIn, self.faults.number(1...forgetsOneIn) == 1 { return }
        let now = self.clock.now
        // Some beyond the window that viewers look back.
        let isLate = self.faults.happens(0.03)
        let delay = isLate ? Int64(self.faults.number(1...600_000)) : 0
        let known = self.shelf.objects[key]
        let object = ObjectShelf.Object(body: body, putAt: now, shownAt: known?.shownAt ?? now + delay)
        _ = self.shelf.put(key, object)
        if let known {
            self.counts.again += 1
            if known.body != body { self.counts.oddities.append("\(key) was put again with other records") }
            return
        }
        if isLate { self.counts.late += 1 }
        if self.faults.happens(0.01) { self.copy(key, object) }
    }

    /// The same records once more, as a batch that was formed a little later.
    private func copy(_ key: String, _ object: ObjectShelf.Object) {
        guard let name = BatchKey.name(key, prefix: BucketSoak.prefix) else { return }
        let copied = BatchName(
            function: name.function,
            formed: name.formed + Int64(self.faults.number(1...100_000)),
            environment: name.environment,
            numbers: name.numbers
        )
        if self.shelf.put(BatchKey.key(copied, prefix: BucketSoak.prefix), object) == nil { self.counts.copies += 1 }
    }

    // MARK: Gets

    private func get(_ key: String, _ responder: Responder) {
        self.counts.gets += 1
        guard let object = self.shelf.objects[key] else {
            self.counts.oddities.append("\(key) is asked for and was never put")
            return responder.respond(status: 404, body: Array("<Error><Code>NoSuchKey</Code></Error>".utf8))
        }
        self.answer(object.body, self.faults.next(.get, at: self.clock.now), responder)
    }

    private func answer(_ body: [UInt8], _ fault: BucketFault?, _ responder: Responder, _ headers: HTTPHeaders = [:]) {
        switch fault {
        case .slowDown?, .internalError?: self.refuse(responder, fault ?? .slowDown)
        case .cut?:
            var headers = headers
            headers["Content-Length"] = "\(body.count)"
            responder.start(status: 200, headers: headers)
            responder.write(Array(body.prefix(self.faults.number(0...max(0, body.count - 1)))))
            responder.abort()
        case .malformed?:
            responder.respond(status: 200, headers: headers, body: Array(body.prefix(body.count / 2)))
        case .slow?: self.later(50...500) { responder.respond(status: 200, headers: headers, body: body) }
        default: responder.respond(status: 200, headers: headers, body: body)
        }
    }

    // MARK: Lists

    private func list(_ query: [String: String], _ responder: Responder) {
        self.counts.lists += 1
        let maximum = self.faults.happens(0.2) ? self.faults.number(1...200) : 1000
        let now = self.clock.now
        let page = self.shelf.page(
            prefix: query["prefix"] ?? "",
            // A token says no more than that; it is opaque to who has it.
            after: query["continuation-token"] ?? query["start-after"] ?? "",
            delimiter: query["delimiter"] != nil,
            maximum: maximum,
            now: now
        )
        let body = ListAnswer.xml(page, repeatsLast: self.faults.happens(0.02))
        let fault = self.faults.next(.list, at: self.clock.now)
        self.answer(body, fault, responder, ["Date": ListAnswer.date(now), "Content-Type": "application/xml"])
    }

    private static func query(_ head: HTTPRequestHead) -> [String: String] {
        var query: [String: String] = [:]
        for part in (head.query ?? "").split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[String(pair[0])] = pair.count > 1 ? PercentEncoding.decode(String(pair[1])) : ""
        }
        return query
    }
}
#endif
