import Dispatch
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonStore

/// Batches: received whole, read, committed with others, answered.
extension Collector {
    func ingest(_ request: HTTPRequest, _ responder: Responder) throws(Refusal) {
        guard !self.isStopping else { throw .later(503, "the collector ends") }
        guard let stream = request.stream else { throw Refusal(status: 400, message: "a body is needed") }
        let encoding = request.headers["Content-Encoding"]?.lowercased() ?? "identity"
        guard ["gzip", "identity"].contains(encoding) else {
            throw Refusal(status: 415, message: "a body is plain or gzip, not \(encoding)")
        }
        let limit = self.configuration.limits.batch
        let length = request.headers["Content-Length"].flatMap { Int($0) }
        guard length ?? 0 <= limit else {
            throw Self.tooLarge(limit)
        }
        let isGzip = encoding == "gzip"
        // A gzip of records becomes some ten times as long.
        let reserved = min(limit, length.map { isGzip ? $0 * 10 : $0 } ?? limit)
        guard self.pendingBytes + reserved <= self.configuration.limits.pending || self.pendingBatches == 0 else {
            throw .later(429, "the disk is behind: try again in a second")
        }
        self.pendingBytes += reserved
        self.pendingBatches += 1
        self.receive(stream, isGzip: isGzip) { outcome in
            self.assumeIsolated { collector in
                collector.pendingBytes -= reserved
                collector.pendingBatches -= 1
                collector.answer(outcome, responder)
                if collector.pendingBatches == 0 { collector.answeredAll() }
            }
        }
    }

    /// Calls `completed` once, on the loop.
    private func receive(
        _ stream: HTTPBodyStream,
        isGzip: Bool,
        completed: @escaping (Result<(new: Int, known: Int), Refusal>) -> Void
    ) {
        let body = Body(limit: self.configuration.limits.batch)
        let handed = Handed(completed)
        stream.read(
            onChunk: { body.append($0) },
            onEnd: { end in
                guard case .complete = end else {
                    return handed.value(.failure(Refusal(status: 400, message: "the body broke off")))
                }
                guard let bytes = body.take() else { return handed.value(.failure(Self.tooLarge(body.limit))) }
                self.assumeIsolated { collector in
                    collector.metrics.bytesReceived += bytes.count
                    collector.parse(bytes, isGzip: isGzip, completed: handed)
                }
            }
        )
    }

    private static func tooLarge(_ limit: Int) -> Refusal {
        Refusal(status: 413, message: "a batch has at most \(limit) bytes, inflated")
    }

    private func parse(
        _ body: [UInt8],
        isGzip: Bool,
        completed: Handed<(Result<(new: Int, known: Int), Refusal>) -> Void>
    ) {
        let (loop, commits, limit) = (self.loop, self.commits, self.configuration.limits.batch)
        self.parsing.async {
            do throws(Refusal) {
                let records = try BatchReader.records(body, isGzip: isGzip, limit: limit)
                let bytes = records.reduce(0) { $0 + $1.line.count }
                commits.submit(records, bytes: bytes) { outcome in
                    let result = outcome.mapError { Refusal($0) }
                    loop.execute { completed.value(result) }
                }
            } catch {
                loop.execute { completed.value(.failure(error)) }
            }
        }
    }

    private func answer(_ outcome: Result<(new: Int, known: Int), Refusal>, _ responder: Responder) {
        switch outcome {
        case .success(let counts):
            self.metrics.newRecords += counts.new
            self.metrics.knownRecords += counts.known
            self.count(200)
            responder.respond(
                json: JSONWriter.object {
                    $0.member("new", counts.new)
                    $0.member("known", counts.known)
                }
            )
        case .failure(let refusal):
            self.count(refusal.status)
            responder.respond(refusal)
        }
    }

    func count(_ status: Int) { self.metrics.batches[status, default: 0] += 1 }

    func committed(_ commit: Result<CommitQueue.Commit, CollectorStoreError>) {
        switch commit {
        case .success(let commit):
            self.failure = nil
            self.metrics.commits += 1
            self.metrics.commitSeconds += commit.seconds
            self.streams.append(commit.stored)
        case .failure(let error):
            self.failure = error
            self.metrics.commitFailures += 1
        }
    }
}

/// A body as far as it has come. Used on the loop only.
private final class Body: @unchecked Sendable {
    // Unchecked: used on the loop only.
    let limit: Int
    private var bytes: [UInt8]? = []

    init(limit: Int) {
        self.limit = limit
    }

    func append(_ chunk: [UInt8]) {
        guard let count = self.bytes?.count else { return }
        if count + chunk.count > self.limit { self.bytes = nil } else { self.bytes?.append(contentsOf: chunk) }
    }

    /// Nil if it is too long.
    func take() -> [UInt8]? {
        defer { self.bytes = [] }
        return self.bytes
    }
}
