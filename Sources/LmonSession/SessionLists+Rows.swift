package import LmonModel
package import LmonRecord
import LmonStore
package import LmonUI

/// Windows on the lists.
extension SessionLists {
    /// Rows of a list from `range`; what is not there is left out at the end.
    package mutating func rows(_ view: ListView, in range: Range<Int>, _ model: Model) -> [Row] {
        if self.view != view {
            self.turn(to: view)
            _ = self.counts(model)
        }
        switch view {
        case .invocations: return self.invocationRows(range, model)
        case .calls: return self.itemRows(.calls, range, model)
        case .logs: return self.itemRows(.logs, range, model)
        case .environments: return self.environmentRows(range)
        case .statistics: return []
        }
    }

    /// How many rows the list of invocations shows.
    package func shownCount(_ model: Model) -> Int { self.selection.count(model, isWhole: self.isWhole) }

    /// One of them; nil if it is not there any more.
    package mutating func shownRow(at index: Int, _ model: Model) -> ListRow? {
        self.selection.place(at: index, model, isWhole: self.isWhole).flatMap { self.row(at: $0, model) }
    }

    private mutating func invocationRows(_ range: Range<Int>, _ model: Model) -> [Row] {
        let range = range.clamped(to: 0..<self.selection.count(model, isWhole: self.isWhole))
        var rows: [Row] = []
        for index in range {
            guard let place = self.selection.place(at: index, model, isWhole: self.isWhole),
                let row = self.row(at: place, model)
            else { break }
            rows.append(.list(row))
        }
        return rows
    }

    mutating func row(at place: Selection.Place, _ model: Model) -> ListRow? {
        switch place {
        case .archived(let position): self.archivedRow(at: position)
        case .live(let id): model.row(id)
        }
    }

    mutating func archivedRow(at position: Int) -> ListRow? {
        do throws(StoreError) {
            return try self.pages.row(at: position, self.store)
        } catch {
            self.failure = error
            return nil
        }
    }

    private mutating func itemRows(_ items: SessionItems, _ range: Range<Int>, _ model: Model) -> [Row] {
        guard let list = self.items[items] else { return [] }
        var rows: [Row] = []
        let positions = range.clamped(to: 0..<list.count).compactMap { list.position(at: $0) }
        for range in Self.runs(positions) {
            for stored in self.reading({ (reading) throws(StoreError) in try reading.records(of: items, in: range) })
                ?? []
            {
                guard let row = self.itemRow(items, stored.record, model) else { continue }
                rows.append(row)
            }
        }
        return rows
    }

    mutating func itemRow(_ items: SessionItems, _ record: Record, _ model: Model) -> Row? {
        let reading = self.store.committed
        do throws(StoreError) {
            switch items {
            case .calls: return try self.call(record, reading, model).map { .call($0) }
            case .logs: return .log(try self.invocations.log(record, reading).0)
            }
        } catch {
            self.failure = error
            return nil
        }
    }

    /// The model knows more of a call than its own records: whether it was late.
    private mutating func call(_ record: Record, _ reading: SessionReading, _ model: Model) throws(StoreError)
        -> CallRow?
    {
        guard let (row, invocation) = try self.invocations.call(record, reading) else {
            var call = record.callID.map {
                Call(id: $0, invocation: InvocationID(environment: record.environment, requestID: record.requestID))
            }
            call?.start = record.time
            return call.map { CallRow(call: $0, function: record.function) }
        }
        guard let known = model.invocation(invocation.id)?.call(row.call.id) else { return row }
        return CallRow(call: known, function: row.function)
    }

    /// Positions that follow each other, as ranges.
    private static func runs(_ positions: [Int]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for position in positions {
            if let last = runs.last, last.upperBound == position {
                runs[runs.count - 1] = last.lowerBound..<position + 1
            } else {
                runs.append(position..<position + 1)
            }
        }
        return runs
    }

    // MARK: Calls and lines

    /// Counts what the store has, and asks what is new.
    mutating func refreshItems(flushes: Bool) {
        if flushes, !self.isWhole { self.store.flush() }
        for items in [SessionItems.calls, .logs] {
            let total = self.reading { (reading) throws(StoreError) in
                items == .calls ? try reading.callCount : try reading.logCount
            }
            guard let total, let due = self.items[items]?.grow(to: total, isWhole: self.isWhole) else { continue }
            for position in due { self.ask(items, position) }
        }
    }

    private mutating func ask(_ items: SessionItems, _ position: Int) {
        let reading = self.store.committed
        do throws(StoreError) {
            guard let stored = try reading.records(of: items, in: position..<position + 1).first else { return }
            let matches = try self.invocations.matches(items, stored.record, self.predicate, reading)
            self.items[items]?.set(position, matches)
        } catch {
            self.failure = error
        }
    }

    func reading<Value>(_ body: (SessionReading) throws(StoreError) -> Value) -> Value? {
        try? body(self.store.committed)
    }

    // MARK: Details

    /// An invocation whose details the model has not, as its records tell of it.
    package mutating func stored(_ id: InvocationID, _ summary: InvocationSummary?) -> Invocation? {
        do throws(StoreError) {
            if !self.isWhole { self.store.flush() }
            let reading = self.store.committed
            let records = try reading.records(of: id).filter { $0.environment == id.environment }
            let known: InvocationSummary? = if let summary { summary } else { try self.archivedSummary(id, reading) }
            return Invocation.fold(id, from: records, summary: known)
        } catch {
            self.failure = error
            return nil
        }
    }

    /// The records of an invocation, or of the initialisation of its environment, in the order in which they came.
    package mutating func records(of id: InvocationID) -> [Record] {
        if !self.isWhole { self.store.flush() }
        let records = self.reading { (reading) throws(StoreError) in try reading.records(of: id) }
        return (records ?? []).filter { $0.environment == id.environment }
    }

    private func archivedSummary(_ id: InvocationID, _ reading: SessionReading) throws(StoreError) -> InvocationSummary?
    {
        guard let position = try reading.position(of: .invocation(id)),
            case .invocation(let summary)? = try reading.row(at: position)
        else { return nil }
        return summary
    }
}
