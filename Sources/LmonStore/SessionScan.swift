import Foundation
import GRDB
package import LmonModel
package import LmonRecord

/// A line that contains what was looked for.
package struct ScanHit: Sendable {
    /// The number of its request in this file.
    package let request: Int64
    package let record: LmonRecord.Record
}

extension SessionReading {
    /// The lines of a range of cursors that belong to a request and are hits, newest first; of each request
    /// of the range the newest.
    package func scan(_ range: Range<Int64>, for prefilter: Prefilter) throws(StoreError) -> [ScanHit] {
        return try self.read { database in
            var hits: [ScanHit] = []
            var seen: Set<Int64> = []
            let rows = try Row.fetchCursor(
                database.cachedStatement(
                    sql: "SELECT request, line FROM records WHERE cursor >= ? AND cursor < ? ORDER BY cursor DESC"
                ),
                arguments: [range.lowerBound, range.upperBound]
            )
            while let row = try rows.next() {
                let line = try row.withUnsafeData(atIndex: 1) { data -> [UInt8]? in
                    guard let data else { return nil }
                    return data.withUnsafeBytes { bytes in
                        bytes.withMemoryRebound(to: UInt8.self) { prefilter.isHit($0) ? [UInt8](bytes) : nil }
                    }
                }
                guard let line, let request = row[0] as Int64?, seen.insert(request).inserted else { continue }
                guard let record = try? LmonRecord.Record(line: line) else { continue }
                hits.append(ScanHit(request: request, record: record))
            }
            return hits
        }
    }
}
