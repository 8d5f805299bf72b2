import LmonModel
import LmonStore
import LmonUI

/// Which rows of the list of invocations are shown, and in which order: archived ones by their positions, then those that
/// the model still has.
struct Selection {
    enum Place: Hashable {
        case archived(Int)
        case live(RowID)
    }

    /// Archived rows that are shown; nil for all of them.
    var matches: PositionSet?
    var archivedCount = 0
    /// Rows of the model that are shown, in the order of time; nil for all of them.
    private(set) var live: [RowID]?
    private var liveIndex: [RowID: Int] = [:]
    /// Every archived row in the order that is asked for; nil in that of time.
    var sorted: SortedRows?
    /// Archived positions, and complements of live indices, as they are shown.
    private var merged: [Int32]?
    var isReversed = false

    mutating func setLive(_ live: [RowID]?) {
        self.live = live
        self.liveIndex = [:]
        for (index, id) in (live ?? []).enumerated() { self.liveIndex[id] = index }
        self.merged = nil
    }

    func count(_ model: Model, isWhole: Bool) -> Int {
        let archived = self.matches?.count ?? self.archivedCount
        return archived + (isWhole ? 0 : self.live?.count ?? model.liveCount)
    }

    /// What is shown at an index below `count`.
    func place(at index: Int, _ model: Model, isWhole: Bool) -> Place? {
        let index = self.isReversed ? self.count(model, isWhole: isWhole) - 1 - index : index
        if let merged {
            guard merged.indices.contains(index) else { return nil }
            let reference = merged[index]
            return reference >= 0 ? .archived(Int(reference)) : .live(self.live?[Int(~reference)] ?? .none)
        }
        let archived = self.matches?.count ?? self.archivedCount
        if index < archived { return index < 0 ? nil : .archived(self.matches?.position(at: index) ?? index) }
        if let live { return live.indices.contains(index - archived) ? .live(live[index - archived]) : nil }
        return model.row(at: self.archivedCount + index - archived).map { .live($0.id) }
    }

    func index(of place: Place, _ model: Model, isWhole: Bool) -> Int? {
        guard let index = self.plainIndex(of: place, model) else { return nil }
        return self.isReversed ? self.count(model, isWhole: isWhole) - 1 - index : index
    }

    private func plainIndex(of place: Place, _ model: Model) -> Int? {
        if let merged {
            switch place {
            case .archived(let position): return merged.firstIndex(of: Int32(position))
            case .live(let id): return self.liveIndex[id].flatMap { merged.firstIndex(of: ~Int32($0)) }
            }
        }
        let archived = self.matches?.count ?? self.archivedCount
        switch place {
        case .archived(let position):
            guard let matches else { return position < self.archivedCount ? position : nil }
            return matches.contains(position) ? matches.rank(position) : nil
        case .live(let id):
            if self.live != nil { return self.liveIndex[id].map { archived + $0 } }
            return model.index(of: id).map { archived + $0 - self.archivedCount }
        }
    }

    // MARK: Sorting

    /// Puts what is shown in the order of `sort`; the rows of the model are sorted anew each time.
    mutating func merge(by sort: RowSort, _ model: Model) {
        guard sort != .time else {
            self.merged = nil
            return
        }
        let sorted = self.sorted ?? SortedRows()
        let keys = self.liveKeys(sort, sorted, model)
        let order = (self.live ?? []).indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
        var merged: [Int32] = []
        merged.reserveCapacity(sorted.positions.count + order.count)
        var next = 0
        for (index, position) in sorted.positions.enumerated() {
            guard self.matches?.contains(Int(position)) ?? true else { continue }
            while next < order.count, keys[order[next]] < sorted.keys[index] {
                merged.append(~Int32(order[next]))
                next += 1
            }
            merged.append(position)
        }
        while next < order.count {
            merged.append(~Int32(order[next]))
            next += 1
        }
        self.merged = merged
    }

    private func liveKeys(_ sort: RowSort, _ sorted: SortedRows, _ model: Model) -> [Double] {
        (self.live ?? []).map { id in model.row(id).map { Self.key($0, sort, sorted.names) } ?? -1 }
    }

    /// A name that is not among `names` lies between two of them.
    private static func key(_ row: ListRow, _ sort: RowSort, _ names: [String]) -> Double {
        switch (sort, row) {
        case (.duration, .invocation(let summary)): return summary.duration ?? -1
        case (.calls, .invocation(let summary)): return Double(summary.calls)
        case (.duration, .lifecycle): return -1
        case (.calls, .lifecycle): return 0
        case (.function, _):
            let name = row.function
            let place = names.firstIndex { !Self.isBefore($0, name) } ?? names.count
            return place < names.count && names[place] == name ? Double(place) : Double(place) - 0.5
        case (.time, _): return 0
        }
    }

    /// As SQLite compares.
    private static func isBefore(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// Takes in rows that have just been archived, behind all that are there.
    mutating func archive(_ rows: [ArchivedRow], shown: [Bool], by sort: RowSort) {
        for (offset, row) in rows.enumerated() {
            let position = self.archivedCount + offset
            if shown[offset] { self.matches?.insert(position) }
            guard sort != .time, self.sorted != nil else { continue }
            self.sort(Int32(position), row.row, by: sort)
        }
        self.archivedCount += rows.count
    }

    /// Gives an archived row its place in the order.
    mutating func sort(_ position: Int32, _ row: ListRow, by sort: RowSort) {
        guard var sorted = self.sorted else { return }
        self.sorted = nil
        if sort == .function, !sorted.names.contains(row.function) { sorted.add(name: row.function) }
        let key = Self.key(row, sort, sorted.names)
        var low = 0
        var high = sorted.keys.count
        while low < high {
            let middle = (low + high) / 2
            if sorted.keys[middle] <= key { low = middle + 1 } else { high = middle }
        }
        sorted.keys.insert(key, at: low)
        sorted.positions.insert(position, at: low)
        self.sorted = sorted
    }
}

extension RowID {
    /// Of no row.
    static let none = RowID.event(environment: "", sequence: 0)
}

extension ListRow {
    var function: String {
        switch self {
        case .invocation(let summary): summary.function
        case .lifecycle(let event): event.function
        }
    }
}

extension SortedRows {
    mutating func add(name: String) {
        let place = self.names.firstIndex { !$0.utf8.lexicographicallyPrecedes(name.utf8) } ?? self.names.count
        self.names.insert(name, at: place)
        for index in self.keys.indices where self.keys[index] >= Double(place) { self.keys[index] += 1 }
    }
}
