import LmonS3
import LmonSpool

extension BucketReader {
    /// The batch of an environment that speaks for its highest number.
    struct Environment {
        var through: Int
        var formed: Int64
    }

    /// Numbers that lie between two batches and came with neither.
    struct Hole {
        let function: String
        let environment: String
        let numbers: ClosedRange<Int>
        /// When the batches around it were formed; it was formed between them.
        let formed: ClosedRange<Int64>
        var next: Int64
        var tries = 0
    }

    /// When a hole is looked for, each after the time before: at first the batch is likely on its way.
    private static let searches: [Int64] = [1000, 10_000, 60_000, 600_000]
    /// Environments that are remembered for holes. With one more all are forgotten: what is missing right before the next batch
    /// of each is then no hole, and comes with the last two hours only.
    private static let most = 100_000

    mutating func searchHole(before batch: Batch) {
        guard self.settings.follows else { return }
        let name = batch.name
        guard let known = self.environments[name.environment] else {
            if self.environments.count >= Self.most { self.environments = [:] }
            self.environments[name.environment] = Environment(through: name.numbers.upperBound, formed: name.formed)
            return
        }
        guard name.numbers.upperBound > known.through else { return }
        self.environments[name.environment] = Environment(
            through: name.numbers.upperBound,
            formed: max(known.formed, name.formed)
        )
        guard name.numbers.lowerBound > known.through + 1 else { return }
        let between = (known.through + 1)...(name.numbers.lowerBound - 1)
        for numbers in self.ledger.gaps(of: name.environment, in: between) {
            self.holes.append(
                Hole(
                    function: name.function,
                    environment: name.environment,
                    numbers: numbers,
                    formed: min(known.formed, name.formed)...max(known.formed, name.formed),
                    next: self.now + Self.searches[0]
                )
            )
        }
    }

    /// How many numbers are missing, by environment, most first.
    var missing: [RemoteStatus.Missing] {
        var counts: [String: RemoteStatus.Missing] = [:]
        for hole in self.holes {
            let none = RemoteStatus.Missing(function: hole.function, environment: hole.environment, count: 0)
            counts[hole.environment, default: none].count += hole.numbers.count
        }
        return counts.values.sorted { ($1.count, $0.environment) < ($0.count, $1.environment) }
    }

    /// What has come is no hole any more; what is left of one is.
    mutating func fillHoles() {
        guard !self.holes.isEmpty else { return }
        self.holes = self.holes.flatMap { hole in
            self.ledger.gaps(of: hole.environment, in: hole.numbers).map { numbers in
                Hole(
                    function: hole.function,
                    environment: hole.environment,
                    numbers: numbers,
                    formed: hole.formed,
                    next: hole.next,
                    tries: hole.tries
                )
            }
        }
    }

    /// When the batches were formed that are to be looked for now; nil if there are none. They count as looked for.
    mutating func dueHoles(of function: String) -> ClosedRange<Int64>? {
        var range: ClosedRange<Int64>?
        for index in self.holes.indices where self.holes[index].function == function {
            guard self.holes[index].next <= self.now else { continue }
            let formed = self.holes[index].formed
            range =
                range.map { min($0.lowerBound, formed.lowerBound)...max($0.upperBound, formed.upperBound) } ?? formed
            self.holes[index].tries += 1
            let tries = self.holes[index].tries
            self.holes[index].next = tries < Self.searches.count ? self.now + Self.searches[tries] : .max
            if tries == Self.searches.count { self.giveUp(self.holes[index]) }
        }
        return range
    }

    /// Said once; it is still taken should it come.
    private mutating func giveUp(_ hole: Hole) {
        let numbers = hole.numbers
        let text =
            numbers.count == 1 ? "record \(numbers.lowerBound)" : "records \(numbers.lowerBound)–\(numbers.upperBound)"
        self.actions.append(.say(.note("\(hole.function) \(hole.environment): \(text) did not come")))
    }
}
