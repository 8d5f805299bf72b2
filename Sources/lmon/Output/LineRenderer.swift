import LmonModel
import LmonRecord

struct LineRenderer {
    let offset: Int

    mutating func lines(for record: Record) -> [TextLine] {
        [TextLine("\(Format.time(record.time, offset: self.offset)) \(record.function) \(record.type)")]
    }
}
