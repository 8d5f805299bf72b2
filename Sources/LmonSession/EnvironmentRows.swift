import LmonModel
import LmonUI

/// The rows of the list of environments: by function, in the order in which they were first seen.
struct EnvironmentRows {
    private(set) var rows: [EnvironmentStatus] = []

    /// `matching`: those that a filter lets through; nil without one.
    mutating func refresh(_ model: Model, _ matching: Set<String>?) {
        var byFunction: [String: [EnvironmentStatus]] = [:]
        for status in model.environmentList where matching?.contains(status.id) ?? true {
            byFunction[status.function, default: []].append(status)
        }
        self.rows = model.totals.functions.flatMap { byFunction[$0] ?? [] }
    }

    func index(of id: String) -> Int? { self.rows.firstIndex { $0.id == id } }
}

extension SessionLists {
    /// How many of the newest rows that match are asked for their environments.
    private static let newest = 4_096

    mutating func refreshEnvironments(_ model: Model) {
        guard self.predicate.asksRows, self.view == .environments else {
            return self.environments.refresh(model, nil)
        }
        let count = self.selection.count(model, isWhole: self.isWhole)
        if count != self.environmentsOf?.count || !self.isWhole {
            var matching: Set<String> = []
            for index in max(0, count - Self.newest)..<count {
                guard let place = self.selection.place(at: index, model, isWhole: self.isWhole),
                    let row = self.row(at: place, model)
                else { continue }
                matching.insert(row.id.environment)
            }
            self.environmentsOf = (count, matching)
        }
        self.environments.refresh(model, self.environmentsOf?.matching)
    }

    func environmentRows(_ range: Range<Int>) -> [Row] {
        let rows = self.environments.rows
        return rows[range.clamped(to: rows.indices)].map { .environment($0) }
    }

    func findEnvironment(_ query: UIQuery, from: Int, forward: Bool) -> UIMessage {
        let rows = self.environments.rows
        let search: Search? = if case .text(let text) = query { Search(text) } else { nil }
        let indices = rows.indices.filter { search?.matches(rows[$0]) ?? rows[$0].isFailed }
        let next = forward ? indices.first { $0 > from } ?? indices.first : indices.last { $0 < from } ?? indices.last
        let found = next.map { index in
            UIMessage.Found(
                index: index,
                key: .environment(rows[index].id),
                ordinal: (indices.firstIndex(of: index) ?? 0) + 1,
                total: indices.count
            )
        }
        return .found(.environments, query, found)
    }
}
