package import LmonRecord

/// What is left of records that nobody took when the environment ends: lines for the function's log, which are paid for and
/// kept. Bodies never go there, nor does more than is worth its price.
package enum Spill {
    package static let maximumBytes = 256 << 10

    /// The records as lines, as many as fit, and how many do not.
    package static func lines(of records: [Record]) -> (bytes: [UInt8], left: Int) {
        var bytes: [UInt8] = []
        var taken = 0
        for record in records {
            let record = record.withoutBodies() ?? record
            guard bytes.count + record.line.count + 1 <= Self.maximumBytes else { break }
            bytes.append(contentsOf: record.line)
            bytes.append(UInt8(ascii: "\n"))
            taken += 1
        }
        return (bytes, records.count - taken)
    }
}
