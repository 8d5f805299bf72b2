import LmonRecord
import LmonS3
import LmonSpool

extension BucketReader {
    /// Batches that are fetched together and merged; the next ones wait. So memory is bounded, and what comes together is
    /// in order.
    struct Round {
        /// Not asked for yet.
        var waiting: [Batch]
        var inFlight: [String: Batch] = [:]
        /// Asked for in vain, and when to ask again.
        var retries: [String: (batch: Batch, at: Int64, tries: Int)] = [:]
        var done: [(batch: Batch, records: [Record])] = []

        var isDone: Bool { self.waiting.isEmpty && self.inFlight.isEmpty && self.retries.isEmpty }
    }

    static let roundLength = 32
    static let parallel: Int64 = 8

    mutating func advanceRound() {
        if self.round == nil { self.startRound() }
        guard var round = self.round else { return }
        let due = round.retries.filter { $0.value.at <= self.now }.map(\.value.batch).sorted()
        var next = due + round.waiting
        while round.inFlight.count < Int(max(1, Self.parallel / self.slowdown)), !next.isEmpty {
            let batch = next.removeFirst()
            if round.retries[batch.key] == nil { round.waiting.removeFirst() }
            round.inFlight[batch.key] = batch
            // Its tries are counted on, and it is not due again before it was answered.
            round.retries[batch.key]?.at = .max
            self.meter.count(at: self.now)
            self.actions.append(.fetch(key: batch.key, size: batch.size))
        }
        self.round = round
    }

    private mutating func startRound() {
        let bound = self.firstPassBound
        let batches = self.queue.prefix(Self.roundLength).prefix { $0.name.formed <= bound }
        guard !batches.isEmpty else { return }
        self.queue.removeFirst(batches.count)
        self.round = Round(waiting: Array(batches))
    }

    /// While history is read: as far as all functions' lists have come, since earlier batches may follow beyond it.
    var firstPassBound: Int64 {
        guard self.root.isKnown else { return .min }
        if self.hasCaughtUp { return .max }
        return self.functions.values.filter { !$0.hasPassed }.map(\.passed).min() ?? .max
    }

    // MARK: Objects

    mutating func fetched(_ key: String, _ contents: Contents) {
        guard let batch = self.round?.inFlight.removeValue(forKey: key) else { return }
        self.round?.retries[key] = nil
        self.recover()
        switch contents {
        case .records(let records, let brokenLines):
            self.status.objects += 1
            if brokenLines > 0 {
                self.breakOff(key, brokenLines == 1 ? "1 line is no record" : "\(brokenLines) lines are no records")
            }
            self.round?.done.append((batch, records))
        case .unreadable(let reason): self.breakOff(key, reason)
        }
        self.concludeRound()
    }

    mutating func fetchFailed(_ key: String, _ trouble: Trouble) {
        guard let batch = self.round?.inFlight.removeValue(forKey: key) else { return }
        switch trouble {
        case .busy, .unreachable:
            let tries = (self.round?.retries[key]?.tries ?? 0) + 1
            let next = self.now + self.rest(after: trouble, tries)
            self.round?.retries[key] = (batch, next, tries)
        // It will not get better; the others are not held up.
        case .refused, .missing, .broken:
            self.round?.retries[key] = nil
            self.breakOff(key, trouble.message)
        }
        self.concludeRound()
    }

    private mutating func concludeRound() {
        guard let round, round.isDone else { return }
        self.round = nil
        let merged = RecordMerge.merged(round.done.map(\.records)).filter { self.ledger.admit($0) }
        self.status.records += merged.count
        if !merged.isEmpty { self.actions.append(.deliver(merged)) }
        self.noteLag(merged)
        for batch in round.done.map(\.batch).sorted() { self.searchHole(before: batch) }
        self.fillHoles()
        self.advanceRound()
    }

    // MARK: Status

    /// Of what is newer than all before and happened after the beginning.
    private mutating func noteLag(_ records: [Record]) {
        guard let newest = records.lazy.map(\.time.millisecondsSinceEpoch).max(), newest > self.newestRecord else {
            return
        }
        self.newestRecord = newest
        guard newest >= self.began + self.skew else { return }
        self.status.lag = max(0, self.serverNow - newest)
    }

    mutating func refreshStatus() {
        let active = self.activeCount
        let periods = self.functions.values.map { self.period($0, active: active) }
        self.status.interval = periods.min() ?? Self.idle * self.slowdown
        let isYoung = self.now - self.began < Self.youth
        self.status.requestsPerHour = isYoung ? self.expectedPerHour(periods) : self.meter.perHour(at: self.now)
        self.status.missing = self.missing
        self.status.isEmpty = self.emptiness == .empty && self.status.objects == 0
    }

    mutating func sayStatus(always: Bool) {
        guard self.root.isKnown else { return }
        self.refreshStatus()
        guard always || self.now >= self.nextStatus, self.status != self.saidStatus else { return }
        self.actions.append(.say(.status(self.status)))
        self.noteSaid()
    }

    mutating func noteSaid() {
        self.saidStatus = self.status
        self.nextStatus = self.now + Self.statusPeriod
    }

    private static let statusPeriod: Int64 = 2000
    /// Before there is so much to count it is said what is to be expected.
    private static let youth: Int64 = 60_000

    /// Lists that an hour makes at the present pace.
    private func expectedPerHour(_ periods: [Int64]) -> Int {
        let root = self.root.nextPoll == .max ? 0 : Self.hour / (self.functions.isEmpty ? Self.idle : Self.rootPeriod)
        let polls = periods.reduce(0) { $0 + Self.hour / $1 }
        return Int(root / self.slowdown + polls) + self.functions.count * Int(Self.hour / Self.recheckPeriod)
    }
}
