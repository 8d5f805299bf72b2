import LmonRecord

/// Letting rows go, so that a model stays as large however long its session lasts.
extension Model {
    /// How many rows there are beside those that were archived.
    package var liveCount: Int { self.rows.rows.count }

    /// Takes away the oldest rows that will not change any more, and returns them in the order of the list; the newest
    /// `keeping` stay. What a row had added to the totals stays in them.
    ///
    /// A row in progress holds those behind it. Beyond four times `keeping` it is passed over, and takes its place in the
    /// archive later.
    package mutating func archive(keeping: Int) -> [ArchivedRow] {
        let end = self.liveCount - keeping
        guard end > 0 else { return [] }
        let passesOver = self.liveCount > 4 * max(1, keeping)
        var archived: [ArchivedRow] = []
        var stays: [RowOrder.Row] = []
        var next = 0
        while next < end {
            let row = self.rows.rows[next]
            if self.isSettled(row.reference) {
                archived.append(self.takeOut(row.reference))
            } else if passesOver {
                stays.append(row)
            } else {
                break
            }
            next += 1
        }
        guard !archived.isEmpty else { return [] }
        self.rows.replaceFirst(next, with: stays)
        self.archivedCount += archived.count
        self.boundEnvironments()
        return archived
    }

    /// The rows that are left, as they are now: what a session ends with.
    package var remainingRows: [ArchivedRow] {
        self.rows.rows.map { place in
            let row = self.row(place.reference)
            guard place.reference >= 0 else { return ArchivedRow(row) }
            return ArchivedRow(row, self.facts(place.reference) ?? RowFacts())
        }
    }

    /// What a filter may ask of a row besides its summary; nil if it is not there, or was not kept.
    package func facts(_ id: InvocationID) -> RowFacts? { self.slot(id).flatMap { self.facts($0) } }

    // MARK: Rows

    private func isSettled(_ reference: Int32) -> Bool {
        reference < 0 || self.slots[Int(reference)].detail < 0
    }

    private func facts(_ slot: Int32) -> RowFacts? {
        if let detail = self.detail(slot) { return RowFacts(self.details[detail]) }
        return self.settledFacts[slot]
    }

    private mutating func takeOut(_ reference: Int32) -> ArchivedRow {
        let row = self.row(reference)
        guard reference >= 0 else {
            self.eventIndex[row.id] = nil
            self.freeEvents.append(~reference)
            return ArchivedRow(row)
        }
        let archived = ArchivedRow(row, self.settledFacts.removeValue(forKey: reference) ?? RowFacts())
        self.settledInitializations[reference] = nil
        self.free(reference)
        return archived
    }

    private mutating func free(_ slot: Int32) {
        let place = self.slots[Int(slot)]
        let key = SlotKey(environment: place.environment, requestID: place.id.requestID)
        if self.slotIndex[key] == slot { self.slotIndex[key] = nil }
        self.archivedNames.insert(place.id)
        self.environments[Int(place.environment)].forget(slot)
        self.environments[Int(place.environment)].liveRows -= 1
        self.slots[Int(slot)].summary = nil
        self.freeSlots.append(slot)
    }

    // MARK: Environments

    /// Of environments without a row only the numbers are kept that were seen, and those of the newest.
    private mutating func boundEnvironments() {
        let excess = self.environments.count - self.freeEnvironments.count - self.limits.environments
        guard excess > 0 else { return }
        let free = Set(self.freeEnvironments)
        var idle = self.environments.indices.filter { !free.contains($0) && self.environments[$0].liveRows == 0 }
        idle.sort { left, right in
            let (left, right) = (self.environments[left], self.environments[right])
            if left.isShutDown != right.isShutDown { return left.isShutDown }
            return left.status.since == right.status.since
                ? left.ordinal < right.ordinal : left.status.since < right.status.since
        }
        for index in idle.prefix(excess + self.limits.environments / 4) { self.retire(index) }
    }

    private mutating func retire(_ index: Int) {
        let id = self.environments[index].status.id
        self.retired.insert(id, self.environments[index].ledger)
        self.environmentIndex[id] = nil
        self.environments[index] = EnvironmentFold(self.environments[index].status)
        self.freeEnvironments.append(index)
        if self.lastEnvironment == index { self.lastEnvironment = -1 }
    }

    /// A place for an environment that is new, or that comes again.
    mutating func addEnvironment(_ fold: EnvironmentFold) -> Int {
        var fold = fold
        fold.ordinal = self.nextEnvironment
        self.nextEnvironment += 1
        if let ledger = self.retired.remove(fold.status.id) { fold.ledger = ledger }
        if let free = self.freeEnvironments.popLast() {
            self.environments[free] = fold
            self.environmentIndex[fold.status.id] = free
            return free
        }
        self.environments.append(fold)
        self.environmentIndex[fold.status.id] = self.environments.count - 1
        return self.environments.count - 1
    }
}

extension EnvironmentFold {
    /// An archived slot is named by -1: what belongs to it is known to be late.
    mutating func forget(_ slot: Int32) {
        if self.lastSlot == slot {
            self.lastSlot = -1
            self.lastRequestID = nil
        }
        if self.initialization == slot { self.initialization = -1 }
        for index in self.starts.indices where self.starts[index].slot == slot { self.starts[index].slot = -1 }
        for index in self.inits.indices {
            if self.inits[index].slot == slot { self.inits[index].slot = -1 }
            if self.inits[index].first?.slot == slot { self.inits[index].first?.slot = -1 }
        }
    }
}

/// Which numbers were seen of environments that are gone; of the newest only.
struct RetiredEnvironments: Sendable {
    private var ledgers: [String: SequenceLedger] = [:]
    private var order: [String] = []
    private static let capacity = 10_000

    var count: Int { self.ledgers.count }

    mutating func insert(_ id: String, _ ledger: SequenceLedger) {
        if self.ledgers.updateValue(ledger, forKey: id) == nil { self.order.append(id) }
        guard self.order.count > Self.capacity else { return }
        for old in self.order.prefix(Self.capacity / 4) { self.ledgers[old] = nil }
        self.order.removeFirst(Self.capacity / 4)
    }

    mutating func remove(_ id: String) -> SequenceLedger? {
        guard !self.ledgers.isEmpty, let ledger = self.ledgers.removeValue(forKey: id) else { return nil }
        self.order.removeAll { $0 == id }
        return ledger
    }
}
