/// What is known of one function, for choosing it.
package struct FunctionCount: Hashable, Sendable {
    package let name: String
    /// Those that are over, and how many of them failed; nil if they were not counted by themselves.
    package var invocations: Int?
    package var failed: Int?
    /// Execution environments of it that are known still.
    package var environments: Int

    package init(name: String, invocations: Int?, failed: Int?, environments: Int) {
        self.name = name
        self.invocations = invocations
        self.failed = failed
        self.environments = environments
    }
}

extension Model {
    /// Every function that was seen, by name.
    package var functionCounts: [FunctionCount] {
        var environments: [String: Int] = [:]
        for environment in self.environmentList { environments[environment.function, default: 0] += 1 }
        let table = self.statistics.functions
        let tallies = Dictionary(zip(table.names, table.tallies), uniquingKeysWith: { first, _ in first })
        let isFull = table.names.count >= TallyTable.limit
        let counts = self.totals.functions.map { name in
            let tally = tallies[name] ?? (isFull ? nil : Tally())
            return FunctionCount(
                name: name,
                invocations: tally?.count,
                failed: tally?.failed,
                environments: environments[name] ?? 0
            )
        }
        return counts.sorted { ($0.name.lowercased(), $0.name) < ($1.name.lowercased(), $1.name) }
    }
}
