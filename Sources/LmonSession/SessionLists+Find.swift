package import LmonModel
import LmonRecord
import LmonStore
package import LmonUI

/// What is looked for in a list, and where it was found: all of it at once, so that the next one costs nothing.
struct ListSearch {
    let view: ListView
    let query: UIQuery
    var sweep: Sweep?
    /// Positions that match, of whatever the list is of.
    var matches = PositionSet()
    /// Live rows without details that match.
    var loose: Set<InvocationID> = []
    /// Positions before these were asked.
    var rows = 0
    var items = 0
    var pending: (from: Int, forward: Bool)?

    var isPending: Bool { self.pending != nil }
}

extension SessionLists {
    /// Looks for the next row that matches; nil if the answer comes later, by `foundLater`.
    package mutating func find(
        _ view: ListView,
        _ query: UIQuery,
        from: Int,
        forward: Bool,
        _ model: Model
    ) -> UIMessage? {
        if case .row(let key) = query {
            let found = self.index(of: key, model).map { UIMessage.Found(index: $0, key: key) }
            return .found(view, query, found)
        }
        if self.view != view { self.turn(to: view) }
        _ = self.counts(model)
        if view == .environments { return self.findEnvironment(query, from: from, forward: forward) }
        self.prepareSearch(view, query, model)
        if self.search?.sweep == nil { return self.answer(from: from, forward: forward, model) }
        self.search?.pending = (from, forward)
        return nil
    }

    /// The answer to what was asked last, once it is known.
    package mutating func foundLater(_ model: Model) -> UIMessage? {
        guard let sweep = self.search?.sweep else { return nil }
        let found = sweep.take()
        for position in found.rows + found.calls + found.logs { self.search?.matches.insert(position) }
        self.search?.loose.formUnion(found.loose)
        self.failure = found.failure ?? self.failure
        guard found.isDone else { return nil }
        self.search?.sweep = nil
        guard let pending = self.search?.pending else { return nil }
        self.search?.pending = nil
        return self.answer(from: pending.from, forward: pending.forward, model)
    }

    // MARK: Looking

    /// Starts to look for what was not looked at yet.
    private mutating func prepareSearch(_ view: ListView, _ query: UIQuery, _ model: Model) {
        if self.search?.view != view || self.search?.query != query {
            self.search?.sweep?.cancel()
            self.search = ListSearch(view: view, query: query)
        }
        guard var search = self.search, search.sweep == nil else { return }
        var scope = Sweep.Scope()
        switch view {
        case .invocations:
            scope.rows = search.rows..<self.selection.archivedCount
            search.rows = scope.rows.upperBound
            if case .text = query { scope.loose = self.looseRows(model) }
        case .calls, .logs:
            let items: SessionItems = view == .calls ? .calls : .logs
            let total = self.items[items]?.total ?? 0
            // The newest may have changed since.
            let range = max(0, min(search.items, total) - 256)..<total
            search.items = total
            if items == .calls { scope.calls = range } else { scope.logs = range }
        case .environments, .statistics: break
        }
        if !scope.rows.isEmpty || !scope.calls.isEmpty || !scope.logs.isEmpty || !scope.loose.isEmpty {
            scope.lastCursor = self.reading { (reading) throws(StoreError) in try reading.lastCursor } ?? 0
            self.store.flush()
            search.sweep = Sweep(Predicate(query), scope, self.store, wake: self.wake)
        }
        self.search = search
    }

    /// Rows that the model has, but not their details.
    private func looseRows(_ model: Model) -> [InvocationID] {
        guard !self.isWhole else { return [] }
        return model.rows(in: model.archivedCount..<model.rowCount).compactMap { row in
            guard case .invocation(let summary) = row, model.invocation(summary.id) == nil else { return nil }
            return summary.id
        }
    }

    // MARK: Answering

    private mutating func answer(from: Int, forward: Bool, _ model: Model) -> UIMessage? {
        guard let search else { return nil }
        let indices = self.indices(of: search, model)
        let next = forward ? indices.first { $0 > from } ?? indices.first : indices.last { $0 < from } ?? indices.last
        guard let next, let key = self.key(search.view, at: next, model) else {
            return .found(search.view, search.query, nil)
        }
        let ordinal = (indices.firstIndex(of: next) ?? 0) + 1
        let found = UIMessage.Found(index: next, key: key, ordinal: ordinal, total: indices.count)
        return .found(search.view, search.query, found)
    }

    /// Where the matches are in the list as it is shown, ascending.
    private mutating func indices(of search: ListSearch, _ model: Model) -> [Int] {
        guard search.view == .invocations else {
            let items: SessionItems = search.view == .calls ? .calls : .logs
            return search.matches.positions.compactMap { self.items[items]?.index(of: $0) }
        }
        var indices: [Int] = []
        if self.sight.sort == .time {
            indices = search.matches.positions.compactMap {
                self.selection.index(of: .archived($0), model, isWhole: self.isWhole)
            }
            let count = self.selection.count(model, isWhole: self.isWhole)
            let archived = self.selection.matches?.count ?? self.selection.archivedCount
            for index in archived..<max(archived, count) {
                let index = self.sight.isReversed ? count - 1 - index : index
                if self.isMatch(at: index, search, model) { indices.append(index) }
            }
            return indices.sorted()
        }
        for index in 0..<self.selection.count(model, isWhole: self.isWhole)
        where self.isMatch(at: index, search, model) { indices.append(index) }
        return indices
    }

    private func isMatch(at index: Int, _ search: ListSearch, _ model: Model) -> Bool {
        switch self.selection.place(at: index, model, isWhole: self.isWhole) {
        case .archived(let position): return search.matches.contains(position)
        case .live(let id):
            guard let row = model.row(id) else { return false }
            guard case .text(let text) = search.query else { return row.isFailed }
            let words = Search(text)
            if words.matches(row) { return true }
            guard case .invocation(let summary) = row else { return false }
            return model.invocation(summary.id).map { words.matches($0) } ?? search.loose.contains(summary.id)
        case nil: return false
        }
    }

    private mutating func key(_ view: ListView, at index: Int, _ model: Model) -> Row.Key? {
        self.rows(view, in: index..<index + 1, model).first?.key
    }

    private mutating func index(of key: Row.Key, _ model: Model) -> Int? {
        switch key {
        case .list(let id):
            if !self.isWhole, model.index(of: id) != nil {
                return self.selection.index(of: .live(id), model, isWhole: self.isWhole)
            }
            let position = self.reading { (reading) throws(StoreError) in try reading.position(of: id) } ?? nil
            return position.flatMap { self.selection.index(of: .archived($0), model, isWhole: self.isWhole) }
        case .call(let id):
            return self.index(of: .calls, id.invocation) { $0.type == .httpRequest && $0.callID == id.call }
        case .environment(let id): return self.environments.index(of: id)
        case .log(let id):
            var index = 0
            return self.index(of: .logs, id.invocation) { record in
                guard record.type == .function || record.type == .extension else { return false }
                defer { index += 1 }
                return index == id.index
            }
        }
    }

    private func index(of items: SessionItems, _ id: InvocationID, _ matches: (Record) -> Bool) -> Int? {
        let position = self.reading { (reading) throws(StoreError) -> Int? in
            let records = try reading.storedRecords(of: id).filter { $0.record.environment == id.environment }
            guard let cursor = records.first(where: { matches($0.record) })?.cursor else { return nil }
            return try reading.position(of: items, cursor: cursor)
        }
        return (position ?? nil).flatMap { self.items[items]?.index(of: $0) }
    }
}

extension Predicate {
    fileprivate init(_ query: UIQuery) {
        switch query {
        case .text(let text): self.init(question: .search(Search(text)))
        case .failed: self.init(question: .failed)
        case .row: self.init()
        }
    }
}
