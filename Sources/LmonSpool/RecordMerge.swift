package import LmonRecord

/// Puts batches of several environments into one order: by when the agents saw them, and within an environment by number,
/// which clocks that jump cannot change.
package enum RecordMerge {
    package static func merged(_ batches: [[Record]]) -> [Record] {
        var streams: [String: [Record]] = [:]
        for record in batches.joined() { streams[record.environment, default: []].append(record) }
        var entries: [(time: Timestamp, environment: String, index: Int, record: Record)] = []
        entries.reserveCapacity(batches.reduce(0) { $0 + $1.count })
        for (environment, records) in streams {
            var latest = Timestamp(microseconds: .min)
            for (index, record) in records.sorted(by: { $0.sequence < $1.sequence }).enumerated() {
                // Never before the one that it follows.
                latest = max(latest, record.observed)
                entries.append((latest, environment, index, record))
            }
        }
        entries.sort { ($0.time, $0.environment, $0.index) < ($1.time, $1.environment, $1.index) }
        return entries.map(\.record)
    }
}
