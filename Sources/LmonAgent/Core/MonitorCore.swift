package import LmonHTTP
import LmonJSON
package import LmonRecord

/// Takes what the core made, in order, on the core's loop. Must not block.
package protocol RecordSink: AnyObject, Sendable {
    /// Records in the order in which they were numbered, some milliseconds' worth at a time.
    func accept(_ records: [Record])
}

/// Turns what is seen of execution environments into records: numbers them once, before any sink, from 1 in each
/// environment, and hands them on.
///
/// An actor on an event loop: `observe` is called from that loop and does not hop. What is observed is numbered and handed
/// on a little later and together, so that a function's caller does not wait for it.
package actor MonitorCore {
    package nonisolated let loop: Loop
    /// An environment that has shut down says no more; its numbers are kept in case it does.
    private var logs = EnvironmentTable<EnvironmentLog>()
    private var sinks: [any RecordSink] = []
    /// What was observed, and when, in order.
    private var unnumbered: [(seen: Observation, at: Timestamp)] = []
    private var pending: [Record] = []
    private var isFlushDue = false
    private var writer = JSONWriter(capacity: 4096)
    private var retained: RecordRing
    private var ingests: [String: Ingest] = [:]

    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    /// A late reader is given the last `retainedRecords` first, or `retainedBytes` if that is less.
    package init(loop: Loop, retainedRecords: Int = 20_000, retainedBytes: Int = 16 << 20) {
        self.loop = loop
        self.retained = RecordRing(maximumCount: retainedRecords, maximumBytes: retainedBytes)
    }

    // MARK: Sinks

    /// Adds a sink; it sees what is numbered from now on. The records retained so far are given to `accept` first.
    package func attach(_ sink: any RecordSink, withRetained: Bool = true) {
        self.flush()
        let retained = self.retained.records
        if withRetained, !retained.isEmpty { sink.accept(retained) }
        self.sinks.append(sink)
    }

    package func detach(_ sink: any RecordSink) {
        self.flush()
        self.sinks.removeAll { $0 === sink }
    }

    /// The last records, oldest first, including what has just been observed.
    package var retainedRecords: [Record] {
        self.flush()
        return self.retained.records
    }

    /// What a reader of `sink` that comes now is given first: tombstones for what is not retained any more, then the rest.
    func retained(for sink: String) -> [Record] {
        let records = self.retainedRecords
        return self.retained.tombstones(sink: sink) + records
    }

    /// Numbers everything observed and hands it to the sinks now.
    package func flush() {
        self.numberObserved()
        guard !self.pending.isEmpty else { return }
        let records = self.pending
        self.pending = []
        self.retained.append(records)
        for sink in self.sinks { sink.accept(records) }
    }

    /// Hands on what another core has numbered already.
    package func relay(_ records: [Record]) {
        self.flush()
        self.retained.append(records)
        for sink in self.sinks { sink.accept(records) }
    }

    /// Hands on what was seen of a function's environment that another core has numbered and that says no more: as the record
    /// after its last one, whatever it may have lost. From the loop.
    package nonisolated func relayLast(_ seen: Observation) {
        self.assumeIsolated { core in
            guard let last = core.retainedRecords.last(where: { $0.function == seen.function }) else {
                return core.take(seen)
            }
            var own = seen
            own.environment = last.environment
            core.relay([Record(own, sequence: last.sequence + 1, observed: max(SystemClock.now(), own.time))])
        }
    }

    // MARK: Observations

    /// Takes what was seen; it is numbered soon, in the order of these calls. From the loop.
    package nonisolated func observe(_ observation: Observation) {
        self.assumeIsolated { $0.take(observation) }
    }

    /// How long what was observed waits for more.
    private static let patience = Duration.milliseconds(4)
    /// So much is not left waiting: numbering it takes some tenths of a millisecond.
    private static let batch = 256

    private func take(_ observation: Observation) {
        self.unnumbered.append((observation, SystemClock.now()))
        if self.unnumbered.count >= Self.batch { self.flush() } else { self.flushSoon() }
    }

    private func numberObserved() {
        guard !self.unnumbered.isEmpty else { return }
        let observed = self.unnumbered
        self.unnumbered.removeAll(keepingCapacity: true)
        for (seen, time) in observed {
            let admission = self.logs[seen.environment, default: EnvironmentLog()].admit(seen)
            for end in admission.ends { self.number(end, at: time) }
            if let observation = admission.observation { self.number(observation, at: time) }
        }
    }

    private func number(_ seen: Observation, at time: Timestamp) {
        let sequence = self.logs[seen.environment, default: EnvironmentLog()].nextSequence()
        self.pending.append(self.record(seen, sequence: sequence, observed: max(time, seen.time)))
    }

    /// A record that nobody would read, because it is too long, leaves a tombstone in its place.
    private func record(_ seen: Observation, sequence: Int, observed: Timestamp) -> Record {
        let record = Record(seen, sequence: sequence, observed: observed, using: &self.writer)
        guard record.line.count > Record.maximumLength else { return record }
        var dropped = seen
        dropped.type = .dropped
        let reason = "\(seen.type) of \(record.line.count) bytes is too long for a record"
        dropped.payload = Tombstone(first: sequence, through: sequence, count: 1, reason: reason, sink: nil).payload
        return Record(dropped, sequence: sequence, observed: observed)
    }

    private func flushSoon() {
        guard !self.isFlushDue else { return }
        self.isFlushDue = true
        self.loop.schedule(after: Self.patience) { [weak self] in
            self?.assumeIsolated { core in
                core.isFlushDue = false
                core.flush()
            }
        }
    }

    /// How many records were dropped since they came after their call had been ended, by environment.
    package func droppedAfterEnd(of environment: String) -> Int {
        self.numberObserved()
        return self.logs.value(of: environment)?.droppedAfterEnd ?? 0
    }

    // MARK: Interceptors

    /// Opens the port at which an environment's interceptors report, within the call, and returns it. From the loop.
    package nonisolated func openIngest(
        environment: String,
        function: String,
        host: String = "127.0.0.1",
        port: Int = 0
    ) throws(NetworkError) -> Int {
        let ingest = try Ingest(environment: environment, function: function, host: host, port: port, on: self.loop) {
            self.observe($0)
        }
        self.assumeIsolated { $0.ingests[environment] = ingest }
        return ingest.port
    }

    /// Reads what is left on an environment's port, closes it, and ends the calls that are still open; for when the
    /// environment's processes are gone. From the loop.
    package nonisolated func closeIngest(environment: String) {
        self.quiesce(environment: environment) {
            self.assumeIsolated { core in
                core.ingests.removeValue(forKey: environment)?.close()
                core.endCalls(of: environment)
            }
        }
    }

    private func endCalls(of environment: String) {
        self.numberObserved()
        let now = SystemClock.now()
        let ends = self.logs[environment, default: EnvironmentLog()].close(environment: environment, at: now)
        for end in ends { self.number(end, at: now) }
        if !self.pending.isEmpty { self.flushSoon() }
    }

    /// Calls `then` on the loop once what an environment's interceptors had sent has been read and numbered: within the
    /// call if nothing waits, at the latest after 100 ms. For just before a freeze. From the loop.
    package nonisolated func quiesce(environment: String, then: @escaping @Sendable () -> Void) {
        guard let ingest = self.assumeIsolated({ $0.ingests[environment] }) else { return then() }
        ingest.whenInputIsRead(then: then)
    }
}
