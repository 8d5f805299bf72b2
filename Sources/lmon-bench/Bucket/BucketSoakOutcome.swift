#if Remote
import LmonArchive
import LmonRecord

/// What came of a run.
struct BucketSoakOutcome {
    /// What is in the bucket at the end.
    struct Kept: Sendable {
        let ledger: RecordLedger
        let objects: Int
        let counts: FaultyBucket.Counts
        let faults: [BucketFault: Int]
    }

    let run: BucketSoak
    let total: Int
    let acknowledged: Int
    let late: [String: ClosedRange<Int>]
    let viewers: [CutViewer]
    let bucket: Kept

    private func figure(_ name: String, _ value: Int, goal: Int? = nil, _ method: String = "") -> Figure {
        Figure(name: "S3: \(name)", value: Double(value), unit: "", goal: goal.map { "\($0)" }, method: method)
    }

    var figures: [Figure] {
        let kept = self.bucket.ledger
        let counts = self.bucket.counts
        let seen = self.viewers.map(\.ledger)
        let lateRecords = self.late.values.reduce(0) { $0 + $1.count }
        let lives = self.viewers.reduce(0) { $0 + $1.lives }
        let size =
            "\(self.run.environments) environments, \(self.run.batches) batches each, seed \(self.run.seed), "
            + "time × \(self.run.speed)"
        return [
            self.figure("records acknowledged", self.acknowledged, goal: self.total, size),
            self.figure(
                "records in the bucket",
                kept.records - kept.duplicates,
                goal: self.total,
                "\(self.bucket.objects) objects; \(counts.copies) repeat another's records"
            ),
            self.figure(
                "records seen by \(seen.count) viewers",
                seen.reduce(0) { $0 + $1.records - $1.duplicates },
                goal: self.total * seen.count,
                "\(lives) viewers in all: \(lives - seen.count) were ended at random and begun anew"
            ),
            self.figure("seen twice", self.viewers.reduce(0) { $0 + $1.duplicates }, goal: 0),
            self.figure(
                "of these put an hour late, seen",
                self.viewers.reduce(0) { $0 + $1.late },
                goal: lateRecords * seen.count,
                "\(self.late.count) environments frozen for an hour with a batch on its way"
            ),
            self.figure("objects that could not be read", self.viewers.reduce(0) { $0 + $1.broken.count }, goal: 0),
            self.figure("what nobody should do", counts.oddities.count, goal: 0, counts.oddities.first ?? ""),
        ] + self.requests
    }

    private var requests: [Figure] {
        let counts = self.bucket.counts
        let faults = self.bucket.faults.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", ")
        return [
            self.figure("puts", counts.puts, "\(counts.again) of what was there; \(counts.late) shown late"),
            self.figure("lists", counts.lists),
            self.figure("gets", counts.gets),
            self.figure("faults", self.bucket.faults.values.reduce(0, +), faults),
        ]
    }
}

extension FaultyBucket {
    /// What all objects hold together.
    var ledger: RecordLedger {
        var ledger = RecordLedger()
        for object in self.shelf.objects.values {
            guard let bytes = try? Gzip.decompressed(object.body, limit: 1 << 20) else { continue }
            var lines = RecordLines()
            for element in lines.append(bytes) {
                if let record = try? element.get() { ledger.add(record) }
            }
        }
        return ledger
    }
}
#endif
