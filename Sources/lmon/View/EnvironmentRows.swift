import LmonModel

/// The rows of the list of environments: by function, in the order in which they were first seen.
struct EnvironmentRows {
    private(set) var rows: [EnvironmentStatus] = []
    /// Environments that have a row which a filter lets through; nil without a filter.
    private var matching: Set<String>?

    mutating func refresh(_ model: Model, _ filtered: FilteredRows?) {
        self.matching = filtered.map { filtered in Set((0..<filtered.count).map { filtered.id(at: $0).environment }) }
        var byFunction: [String: [EnvironmentStatus]] = [:]
        for status in model.environmentList where self.matching?.contains(status.id) ?? true {
            byFunction[status.function, default: []].append(status)
        }
        self.rows = model.totals.functions.flatMap { byFunction[$0] ?? [] }
    }

    func index(of id: String) -> Int? { self.rows.firstIndex { $0.id == id } }
}
