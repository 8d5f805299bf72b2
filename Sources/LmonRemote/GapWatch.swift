import LmonRecord
import LmonSpool

/// Which numbers of each environment are missing between those that came. What comes later than it should is none.
struct GapWatch {
    private struct Environment {
        let function: String
        var first: Int
    }

    private var ledger = SequenceLedger()
    private var environments: [String: Environment] = [:]
    /// Of environments that have gaps.
    private var counts: [String: Int] = [:]

    /// Environments that are watched at once; with more, all begin anew.
    private static let most = 100_000

    mutating func take(_ records: [Record]) {
        if self.environments.count > Self.most { self = GapWatch() }
        var touched: Set<String> = []
        for record in records {
            _ = self.ledger.admit(record)
            let known = self.environments[record.environment]
            if (known?.first ?? .max) > record.sequence {
                self.environments[record.environment] = Environment(function: record.function, first: record.sequence)
            }
            touched.insert(record.environment)
        }
        for environment in touched { self.count(environment) }
    }

    private mutating func count(_ environment: String) {
        guard let first = self.environments[environment]?.first else { return }
        let gaps = self.ledger.gaps(of: environment, in: first...max(first, self.ledger.last(of: environment)))
        let count = gaps.reduce(0) { $0 + $1.count }
        self.counts[environment] = count > 0 ? count : nil
    }

    /// Most first.
    var missing: [RemoteStatus.Missing] {
        let all = self.counts.map { environment, count in
            let function = self.environments[environment]?.function ?? ""
            return RemoteStatus.Missing(function: function, environment: environment, count: count)
        }
        return all.sorted { ($1.count, $0.environment) < ($0.count, $1.environment) }
    }
}
