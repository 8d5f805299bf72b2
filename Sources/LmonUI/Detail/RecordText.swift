import LmonModel
import LmonRecord
import LmonScreen

/// The records of an invocation or a call as they were written: one member a line, each record to be folded.
enum RecordText {
    /// Of more, the newest.
    private static let limit = 500
    private static let linesOfOne = 2_000

    static func lines(_ records: [Record], offset: Int) -> [TextLine] {
        guard !records.isEmpty else { return [DetailText.dim("No record of it is kept.")] }
        let shown = records.suffix(self.limit)
        var lines: [TextLine] = []
        if shown.count < records.count {
            lines.append(TextLine("The newest \(shown.count) of \(records.count) records.", .warning))
        }
        for (index, record) in shown.enumerated() {
            // A line is no longer than this, so no fold has the id of another.
            let base = index * Record.maximumLength
            var json =
                JSONText.lines(record.line, limit: self.linesOfOne, base: base)
                ?? [TextLine(String(decoding: record.line, as: UTF8.self))]
            json[0].spans.insert(
                contentsOf: [
                    .init("\(Format.time(record.time, offset: offset)) ", .dim),
                    .init("\(record.type.rawValue) ", .title),
                ],
                at: 0
            )
            lines += json
        }
        return lines
    }

    /// The folds of whole records.
    static func folds(_ records: [Record]) -> Set<Int> {
        Set(
            records.suffix(self.limit).indices.map {
                ($0 - records.suffix(self.limit).startIndex) * Record.maximumLength
            }
        )
    }
}
