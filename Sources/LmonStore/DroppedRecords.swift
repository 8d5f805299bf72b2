package import LmonRecord

/// What a sink let go, by environment: neighbours become one tombstone.
package struct DroppedRecords: Sendable {
    private struct Gap {
        var through: Int
        var count: Int
        let first: Record
    }

    private let sink: String
    private let reason: String
    private var gaps: [Gap] = []

    package init(sink: String, reason: String) {
        self.sink = sink
        self.reason = reason
    }

    package var isEmpty: Bool { self.gaps.isEmpty }

    package mutating func add(_ record: Record) {
        if let index = self.gaps.lastIndex(where: { $0.first.environment == record.environment }),
            self.gaps[index].through + 1 == record.sequence
        {
            self.gaps[index].through = record.sequence
            self.gaps[index].count += 1
        } else {
            self.gaps.append(Gap(through: record.sequence, count: 1, first: record))
        }
    }

    /// The records that stand for what was let go since the last call.
    package mutating func takeTombstones() -> [Record] {
        defer { self.gaps = [] }
        return self.gaps.map { gap in
            let tombstone = Tombstone(
                first: gap.first.sequence,
                through: gap.through,
                count: gap.count,
                reason: self.reason,
                sink: self.sink
            )
            let observation = Observation(
                environment: gap.first.environment,
                function: gap.first.function,
                time: gap.first.time,
                type: .dropped,
                payload: tombstone.payload
            )
            return Record(observation, sequence: tombstone.first, observed: gap.first.observed)
        }
    }
}
