/// The rows of a model that a filter lets through, in the model's order, kept in step with it row by row.
///
/// Of an invocation whose detail was let go the summary may not tell: those are `undecided`, and whoever has its records
/// says `resolve`.
package struct FilteredRows: Sendable {
    private struct Entry: Sendable {
        let place: RowOrder.Row
        let id: RowID
    }

    package let filter: Filter
    /// Newest last.
    package private(set) var undecided: [InvocationID] = []
    private var entries: [Entry] = []
    /// Where each entry was put.
    private var places: [RowID: RowOrder.Row] = [:]
    /// Invocations that were in flight when they were last looked at: what comes next in their environment ends them.
    private var open: Set<RowID> = []

    package init(_ filter: Filter, _ model: Model) {
        self.filter = filter
        for place in model.rows.rows {
            let id = model.id(of: place)
            self.note(id, model)
            guard let matches = self.judged(id, model) else {
                if let invocation = id.invocationID { self.undecided.append(invocation) }
                continue
            }
            guard matches else { continue }
            self.entries.append(Entry(place: place, id: id))
            self.places[id] = place
        }
    }

    package var count: Int { self.entries.count }

    /// The rows of a window; what lies outside is left out.
    package func rows(in range: Range<Int>, _ model: Model) -> [ListRow] {
        self.entries[range.clamped(to: 0..<self.count)].compactMap { model.row($0.id) }
    }

    package func id(at index: Int) -> RowID { self.entries[index].id }

    package func index(of id: RowID) -> Int? { self.places[id].map { self.lowerBound($0) } }

    /// Looks again at rows that have changed, and at those that their records may tell of too: calls of the invocations
    /// just before turn out to be late.
    package mutating func update(_ rows: Set<RowID>, _ model: Model) {
        let environments = Set(rows.map(\.environment))
        var due = rows.union(self.open.filter { environments.contains($0.environment) })
        for environment in environments { due.formUnion(model.recentRows(of: environment)) }
        for id in due {
            self.note(id, model)
            let place = model.place(of: id)
            let isIn = self.places[id] != nil
            let matches = place != nil && (self.judged(id, model) ?? isIn)
            if isIn, !matches || self.places[id] != place { self.remove(id) }
            if matches, let place, self.places[id] == nil { self.insert(id, place) }
        }
    }

    /// Takes the newest of those that are undecided.
    package mutating func nextUndecided() -> InvocationID? { self.undecided.popLast() }

    /// What became of one that was undecided, with all that is known of it.
    package mutating func resolve(_ invocation: Invocation, _ model: Model) {
        let id = RowID.invocation(invocation.id)
        guard self.places[id] == nil, self.filter.matches(invocation), let place = model.place(of: id) else { return }
        self.insert(id, place)
    }

    // MARK: Parts

    private mutating func note(_ id: RowID, _ model: Model) {
        let isOpen = id.invocationID.flatMap { model.invocation($0) }?.state.isInFlight ?? false
        if isOpen { self.open.insert(id) } else { self.open.remove(id) }
    }

    private func judged(_ id: RowID, _ model: Model) -> Bool? {
        switch id {
        case .invocation(let invocation):
            if let detail = model.invocation(invocation) { return self.filter.matches(detail) }
            guard let summary = model.summary(invocation) else { return nil }
            return model.facts(invocation).map { self.filter.matches(summary, $0) } ?? self.filter.matches(summary)
        case .initialization, .event:
            guard case .lifecycle(let event)? = model.row(id) else { return false }
            return self.filter.matches(event, detail: event.detail.flatMap { model.invocation($0) })
        }
    }

    private mutating func insert(_ id: RowID, _ place: RowOrder.Row) {
        self.entries.insert(Entry(place: place, id: id), at: self.lowerBound(place))
        self.places[id] = place
    }

    private mutating func remove(_ id: RowID) {
        guard let place = self.places.removeValue(forKey: id) else { return }
        self.entries.remove(at: self.lowerBound(place))
    }

    private func lowerBound(_ place: RowOrder.Row) -> Int {
        var low = 0
        var high = self.entries.count
        while low < high {
            let middle = (low + high) / 2
            if self.entries[middle].place.precedes(place.time, place.ordinal) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

extension Model {
    /// Where a row stands among all.
    func place(of id: RowID) -> RowOrder.Row? {
        self.index(of: id).map { self.rows.rows[$0 - self.archivedCount] }
    }

    /// Which invocations a record of their environment may end, or whose calls it may judge anew.
    func recentRows(of environment: String) -> [RowID] {
        guard let index = self.environmentIndex[environment] else { return [] }
        var slots = self.environments[index].starts.suffix(4).map(\.slot)
        if let bucket = self.environments[index].initialization { slots.append(bucket) }
        return slots.filter { $0 >= 0 }.map { self.rowID($0) }
    }

    func id(of place: RowOrder.Row) -> RowID {
        place.reference < 0 ? self.events[Int(~place.reference)].event.id : self.rowID(place.reference)
    }
}
