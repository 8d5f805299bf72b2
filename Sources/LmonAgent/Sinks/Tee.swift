import LmonHTTP
package import LmonRecord

/// Copies the stream of records to whoever connects: NDJSON over TCP, loopback only.
///
/// A new reader gets what is retained, then what comes. Each has a bounded queue; one that stops reading is cut off and
/// counted, and holds nobody up.
package final class Tee: RecordSink, @unchecked Sendable {
    // Unchecked: readers and counters are touched on the loop only.
    package struct NotLoopback: Error, CustomStringConvertible {
        let host: String

        package var description: String {
            "the tee cannot listen on \(self.host): it serves everything unencrypted, so it stays on 127.0.0.1"
        }
    }

    /// Bytes that a reader may be behind, beyond what was retained when it came.
    package static let queueLimit = 8 << 20

    private let queueLimit: Int
    private let core: MonitorCore
    private var readers: [ObjectIdentifier: Reader] = [:]
    private var listener: TCPListener?
    package private(set) var readersCutOff = 0

    private init(core: MonitorCore, queueLimit: Int) {
        self.core = core
        self.queueLimit = queueLimit
    }

    package var port: Int { self.listener?.port ?? 0 }

    package static func listen(
        host: String,
        port: Int,
        core: MonitorCore,
        queueLimit: Int = Tee.queueLimit
    ) async throws -> Tee {
        guard HostCheck.isLoopback(host) else { throw NotLoopback(host: host) }
        let tee = Tee(core: core, queueLimit: queueLimit)
        // First: what is numbered between a reader's welcome and this would be neither retained for it nor handed on.
        await core.attach(tee, withRetained: false)
        do {
            tee.listener = try await TCPListener.listen(host: host, port: port, on: core.loop) {
                [weak tee] connection in
                tee?.welcome(connection)
            }
        } catch {
            await core.detach(tee)
            throw error
        }
        return tee
    }

    /// Stops listening and ends every reader's stream after what was written.
    package func close() async {
        await self.core.detach(self)
        await self.listener?.close()
        await withCheckedContinuation { continuation in
            self.core.loop.execute {
                self.finish {}
                continuation.resume()
            }
        }
    }

    // MARK: On the loop

    /// Ends every reader's stream after what was written; `then` is called once all have ended, at the latest after two
    /// seconds, within the call if there are none.
    package func finish(then: @escaping @Sendable () -> Void) {
        let all = Countdown(self.readers.count, then: then)
        for reader in Array(self.readers.values) {
            reader.finish {
                self.readers[ObjectIdentifier(reader)] = nil
                all.step()
            }
        }
    }

    package func accept(_ records: [Record]) {
        guard !self.readers.isEmpty, !records.isEmpty else { return }
        let chunk = SharedBytes(records.ndjson)
        for reader in Array(self.readers.values) where !reader.send(chunk) {
            self.readersCutOff += 1
            self.readers[ObjectIdentifier(reader)] = nil
            reader.cutOff(after: SharedBytes(Self.tombstones(for: records).ndjson))
        }
    }

    /// What a reader misses from here on, said in the last lines that it gets: one for each environment.
    private static func tombstones(for records: [Record]) -> [Record] {
        var lost: [String: [Record]] = [:]
        for record in records { lost[record.environment, default: []].append(record) }
        return lost.values.compactMap { records in
            guard let first = records.first, let last = records.last else { return nil }
            let tombstone = Tombstone(
                first: first.sequence,
                through: last.sequence,
                count: records.count,
                reason: "the reader is too slow and is cut off",
                sink: "tee"
            )
            return tombstone.record(
                environment: first.environment,
                function: first.function,
                time: first.time,
                observed: first.observed
            )
        }
    }

    private func welcome(_ connection: TCPConnection) {
        let retained = SharedBytes(self.core.assumeIsolated { $0.retained(for: "tee") }.ndjson)
        let reader = Reader(connection, on: self.core.loop, limit: self.queueLimit + retained.count)
        self.readers[ObjectIdentifier(reader)] = reader
        connection.onClose { [weak self, weak reader] in
            guard let reader else { return }
            self?.readers[ObjectIdentifier(reader)] = nil
        }
        _ = reader.send(retained)
    }
}

/// One connection to the tee and how far it may fall behind.
private final class Reader {
    private let connection: TCPConnection
    private let loop: Loop
    private let limit: Int

    init(_ connection: TCPConnection, on loop: Loop, limit: Int) {
        self.connection = connection
        self.loop = loop
        self.limit = limit
    }

    /// False if the reader is too far behind to take more.
    func send(_ chunk: SharedBytes) -> Bool {
        guard self.connection.pendingBytes + chunk.count <= self.limit else { return false }
        self.connection.write(chunk)
        return true
    }

    /// Ends the stream with `lines`, for a reader that is only slow; one that is stuck does not get them.
    func cutOff(after lines: SharedBytes) {
        self.connection.write(lines)
        self.finish()
    }

    /// Closes once everything that was written has gone out, at the latest when the peer's time is over.
    func finish(then: @escaping () -> Void = {}) {
        guard self.connection.pendingBytes > 0 else {
            self.connection.close()
            return then()
        }
        let connection = self.connection
        let timer = self.loop.schedule(after: Self.patience) { connection.close() }
        self.connection.onDrained { connection.close() }
        self.connection.onClose {
            timer.cancel()
            then()
        }
    }

    private static let patience = Duration.seconds(2)
}
