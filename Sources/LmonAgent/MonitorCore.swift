package import LmonHTTP
package import LmonRecord

/// Takes what the core made, in order, on the core's loop. Must not block.
package protocol RecordSink: AnyObject, Sendable {
    /// Records in the order in which they were numbered; called at most once a turn of the loop.
    func accept(_ records: [Record])
}

/// Turns what is seen of execution environments into records: numbers them once, before any sink, from 1 in each
/// environment, and hands them on.
///
/// An actor on an event loop: `observe` is called from that loop and does not hop.
package actor MonitorCore {
    package nonisolated let loop: Loop
    private var environments: [String: EnvironmentLog] = [:]
    private var sinks: [any RecordSink] = []
    private var pending: [Record] = []
    private var isFlushDue = false
    private var retained: RecordRing
    private var ingests: [String: Ingest] = [:]

    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - retainedRecords: how many of the last records a late reader is given first.
    ///   - retainedBytes: the same in bytes; whichever is reached first.
    package init(loop: Loop, retainedRecords: Int = 20_000, retainedBytes: Int = 16 << 20) {
        self.loop = loop
        self.retained = RecordRing(maximumCount: retainedRecords, maximumBytes: retainedBytes)
    }

    // MARK: Sinks

    /// Adds a sink; it sees what is numbered from now on. The records retained so far are given to `accept` first.
    package func attach(_ sink: any RecordSink, withRetained: Bool = true) {
        self.flush()
        if withRetained { sink.accept(self.retained.records) }
        self.sinks.append(sink)
    }

    package func detach(_ sink: any RecordSink) {
        self.flush()
        self.sinks.removeAll { $0 === sink }
    }

    /// The last records, oldest first, including what this turn has numbered.
    package var retainedRecords: [Record] {
        self.flush()
        return self.retained.records
    }

    /// Hands everything numbered to the sinks now.
    package func flush() {
        guard !self.pending.isEmpty else { return }
        let records = self.pending
        self.pending = []
        self.retained.append(records)
        for sink in self.sinks { sink.accept(records) }
    }

    // MARK: Observations

    /// Numbers what was seen. From the loop.
    package nonisolated func observe(_ observation: Observation) {
        self.assumeIsolated { $0.number(observation) }
    }

    private func number(_ observation: Observation) {
        let now = SystemClock.now()
        var log = self.environments.removeValue(forKey: observation.environment) ?? EnvironmentLog()
        for seen in log.admit(observation) {
            log.sequence += 1
            self.pending.append(Record(seen, sequence: log.sequence, observed: max(now, seen.time)))
        }
        // An environment that has shut down says no more; its numbers are kept in case it does.
        self.environments[observation.environment] = log
        self.flushSoon()
    }

    private func flushSoon() {
        guard !self.isFlushDue else { return }
        self.isFlushDue = true
        self.loop.execute { [weak self] in
            self?.assumeIsolated { core in
                core.isFlushDue = false
                core.flush()
            }
        }
    }

    /// How many records were dropped since they came after their call had been ended, by environment.
    package func droppedAfterEnd(of environment: String) -> Int {
        self.environments[environment]?.droppedAfterEnd ?? 0
    }

    // MARK: Interceptors

    /// Opens the port at which an environment's interceptors report, within the call, and returns it. From the loop.
    package nonisolated func openIngest(environment: String, function: String) throws(NetworkError) -> Int {
        let ingest = try Ingest(environment: environment, function: function, core: self)
        self.assumeIsolated { $0.ingests[environment] = ingest }
        return ingest.port
    }

    /// Closes an environment's port; for when the environment is gone. From the loop.
    package nonisolated func closeIngest(environment: String) {
        self.assumeIsolated { $0.ingests.removeValue(forKey: environment)?.close() }
    }

    /// Calls `then` on the loop once what an environment's interceptors had sent has been read: when a millisecond has
    /// passed in which nothing came, at the latest after 50. For just before a freeze. From the loop.
    package nonisolated func quiesce(environment: String, then: @escaping @Sendable () -> Void) {
        guard let ingest = self.assumeIsolated({ $0.ingests[environment] }) else { return then() }
        self.wait(for: ingest, seen: ingest.activity, rounds: 50, then: then)
    }

    private nonisolated func wait(
        for ingest: Ingest,
        seen: Int,
        rounds: Int,
        then: @escaping @Sendable () -> Void
    ) {
        self.loop.schedule(after: .milliseconds(1)) {
            let activity = ingest.activity
            guard activity != seen, rounds > 0 else { return then() }
            self.wait(for: ingest, seen: activity, rounds: rounds - 1, then: then)
        }
    }
}
