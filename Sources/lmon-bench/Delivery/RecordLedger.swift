import LmonJSON
import LmonRecord

/// What has arrived somewhere, by each record's identity, so that it can be said what has not.
struct RecordLedger {
    fileprivate struct Environment {
        /// How often each number arrived.
        var counts: [UInt8] = [0]
        /// Numbers that tombstones cover.
        var covered: [ClosedRange<Int>] = []
    }

    private var environments: [String: Environment] = [:]
    private(set) var records = 0
    private(set) var duplicates = 0
    private(set) var tombstones = 0
    /// Calls by the id in their last record.
    private(set) var calls: Set<String> = []

    mutating func add(_ record: Record) {
        if let tombstone = Tombstone(record), let through = tombstone.through {
            self.tombstones += 1
            self.environments[record.environment, default: Environment()].covered.append(tombstone.first...through)
            return
        }
        self.add(record.sequence, to: record.environment)
        if record.type == .httpEnd, let id = Self.callID(record) { self.calls.insert(id) }
    }

    private mutating func add(_ sequence: Int, to environment: String) {
        self.records += 1
        self.environments[environment, default: Environment()].add(sequence, duplicates: &self.duplicates)
    }

    private static func callID(_ record: Record) -> String? {
        var scanner = record.scanner
        guard (try? scanner.beginObject()) != nil else { return nil }
        while let key = try? scanner.nextKey() {
            if key == "callId" { return try? scanner.string() }
            guard (try? scanner.skip()) != nil else { return nil }
        }
        return nil
    }

    // MARK: What is missing

    /// The highest number of each environment, by a record or a tombstone.
    var highest: [String: Int] {
        self.environments.mapValues { max($0.counts.count - 1, $0.covered.map(\.upperBound).max() ?? 0) }
    }

    /// Numbers up to `highest` of which neither the record nor a tombstone has arrived, here or in `other`; and how many are
    /// known by a tombstone only.
    func missing(through highest: [String: Int], besides other: RecordLedger? = nil) -> (missing: [String], buried: Int)
    {
        var missing: [String] = []
        var buried = 0
        for (name, last) in highest.sorted(by: { $0.key < $1.key }) {
            let (mine, others) = (self.environments[name], other?.environments[name])
            let isCovered = Environment.coverage([mine, others], through: last)
            for sequence in 1...max(1, last) where sequence <= last {
                guard mine?.has(sequence) != true, others?.has(sequence) != true else { continue }
                if isCovered[sequence] { buried += 1 } else { missing.append("\(name) \(sequence)") }
            }
        }
        return (missing, buried)
    }
}

extension RecordLedger.Environment {
    fileprivate mutating func add(_ sequence: Int, duplicates: inout Int) {
        while self.counts.count <= sequence { self.counts.append(0) }
        if self.counts[sequence] > 0 { duplicates += 1 }
        if self.counts[sequence] < .max { self.counts[sequence] += 1 }
    }

    fileprivate func has(_ sequence: Int) -> Bool { sequence < self.counts.count && self.counts[sequence] > 0 }

    fileprivate static func coverage(_ all: [Self?], through last: Int) -> [Bool] {
        var isCovered = [Bool](repeating: false, count: last + 1)
        for range in all.compactMap(\.?.covered).joined() {
            for sequence in range where sequence <= last { isCovered[sequence] = true }
        }
        return isCovered
    }
}
