package import LmonRecord

/// Lets the records of a stream through that a filter selects, in their order within each invocation.
///
/// A filter that asks for records by their type is put to each record. Any other is put to the invocation that a record
/// belongs to: once it matches, its records so far are let through, then each as it comes. A record of no invocation
/// stands for itself. What may cease to match is decided when the last word on the invocation was said, or when its
/// environment goes on without one. Bounded: what waits longest is let go.
package struct RecordGate: Sendable {
    package struct Limits: Hashable, Sendable {
        /// Bytes of records that wait.
        package var bytes = 64 << 20
        /// Invocations that are remembered.
        package var invocations = 10_000

        package init() {}
    }

    private struct Place {
        var records: [Record] = []
        var isOpen = false
    }

    private let filter: Filter
    private let judge: InvocationJudge
    private let limits: Limits
    private var places: [InvocationID: Place] = [:]
    private var order: [InvocationID] = []
    /// Of these the last word was not said, by their environment.
    private var pending: [String: [InvocationID]] = [:]
    private var first = 0
    private var bytes = 0

    package init(_ filter: Filter, limits: Limits = Limits()) {
        self.filter = filter
        self.judge = InvocationJudge(filter)
        self.limits = limits
    }

    /// The records that are due after one was folded; `change` is what `model` said to it.
    package mutating func records(after record: Record, _ change: ModelChange, in model: Model) -> [Record] {
        // Others of the environment come to their end without a word.
        let left = record.type == .start || record.type == .shutdown ? self.overtaken(by: record, change, model) : []
        return left + self.own(record, change, model)
    }

    /// What is decided now that nothing comes any more.
    package mutating func finish(in model: Model) -> [Record] {
        var due: [Record] = []
        for id in self.order[self.first...] where self.places[id]?.isOpen == false {
            due += self.due(id, nil, isOver: true, model)
        }
        return due
    }

    // MARK: Parts

    private mutating func own(_ record: Record, _ change: ModelChange, _ model: Model) -> [Record] {
        guard let id = change.row?.invocationID else { return self.matchesAlone(record, change, model) ? [record] : [] }
        if self.places[id] == nil { self.open(id) }
        if self.places[id]?.isOpen == true { return [record] }
        if self.filter.selectsRecords, !self.filter.mayTurnFalse,
            self.filter.matches(record, in: model.invocation(id))
        {
            return [record]
        }
        self.hold(record, id)
        let isOver = change.finished == id && self.isConcluded(id, record, model)
        if isOver { self.settle(id) }
        let due = self.due(id, record, isOver: isOver, model)
        self.bound()
        return due
    }

    /// Where the detail was let go, the record has to tell.
    private func isConcluded(_ id: InvocationID, _ record: Record, _ model: Model) -> Bool {
        model.invocation(id)?.isConcluded ?? (record.type == .report)
    }

    /// Those that nothing more will be told of, since their environment has gone on or is gone.
    private mutating func overtaken(by record: Record, _ change: ModelChange, _ model: Model) -> [Record] {
        let ids = (self.pending[record.environment] ?? []).filter { id in
            id != change.row?.invocationID && model.invocation(id)?.isConcluded ?? true
        }
        var due: [Record] = []
        for id in ids {
            self.settle(id)
            if self.places[id]?.isOpen == false { due += self.due(id, nil, isOver: true, model) }
        }
        return due
    }

    private mutating func settle(_ id: InvocationID) {
        self.pending[id.environment]?.removeAll { $0 == id }
        if self.pending[id.environment]?.isEmpty == true { self.pending[id.environment] = nil }
    }

    private func matchesAlone(_ record: Record, _ change: ModelChange, _ model: Model) -> Bool {
        if self.filter.matches(record, in: nil) { return true }
        guard !self.filter.selectsRecords, let row = change.row, case .lifecycle(let event)? = model.row(row) else {
            return false
        }
        return self.filter.matches(event)
    }

    private mutating func due(_ id: InvocationID, _ record: Record?, isOver: Bool, _ model: Model) -> [Record] {
        if self.filter.selectsRecords {
            // Looked at again once all is known.
            guard isOver else { return [] }
            let invocation = model.invocation(id)
            let filter = self.filter
            return self.take(id) { filter.matches($0, in: invocation) }
        }
        guard self.judge.matches(id, record, isOver: isOver, in: model) else { return [] }
        self.places[id]?.isOpen = true
        return self.take(id) { _ in true }
    }

    private mutating func take(_ id: InvocationID, where matches: (Record) -> Bool) -> [Record] {
        guard let place = self.places[id] else { return [] }
        var due: [Record] = []
        var waiting: [Record] = []
        for record in place.records {
            if matches(record) {
                due.append(record)
                self.bytes -= record.line.count
            } else {
                waiting.append(record)
            }
        }
        self.places[id]?.records = waiting
        return due
    }

    private mutating func open(_ id: InvocationID) {
        self.places[id] = Place()
        self.order.append(id)
        self.pending[id.environment, default: []].append(id)
    }

    private mutating func hold(_ record: Record, _ id: InvocationID) {
        self.places[id]?.records.append(record)
        self.bytes += record.line.count
    }

    private mutating func bound() {
        while self.first < self.order.count - 1,
            self.bytes > self.limits.bytes || self.order.count - self.first > self.limits.invocations
        {
            let place = self.places.removeValue(forKey: self.order[self.first])
            self.settle(self.order[self.first])
            for record in place?.records ?? [] { self.bytes -= record.line.count }
            self.first += 1
        }
        guard self.first > 1024, self.first > self.order.count / 2 else { return }
        self.order.removeFirst(self.first)
        self.first = 0
    }
}
