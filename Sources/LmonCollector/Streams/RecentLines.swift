import LmonRecord
import LmonStore

/// The newest lines, in pieces that are sent as they are to whoever follows. Bounded: the oldest pieces go, and whoever has
/// not had them reads them from the store.
struct RecentLines: Sendable {
    struct Piece: Sendable {
        /// Behind the last record of the piece before.
        let start: Int64
        let last: Int64
        let records: [StoredRecord]
        /// Their lines, each with its end.
        let bytes: [UInt8]
    }

    enum Next: Sendable {
        /// Begins at or before the reader's place.
        case piece(Piece)
        /// The reader has to read the store up to here.
        case stored(through: Int64)
        case nothing
    }

    private let limit: Int
    private var pieces: [Piece] = []
    private var bytes = 0
    private(set) var last: Int64

    /// A piece is so long that a slow reader's socket holds one or two.
    static let pieceBytes = 32 << 10

    /// `last`: the place of the last record that is in the store already.
    init(limit: Int, last: Int64) {
        self.limit = limit
        self.last = last
    }

    /// Takes records in the order of their places.
    mutating func append(_ records: [StoredRecord]) {
        var rest = records[...]
        while !rest.isEmpty {
            var size = 0
            let end = rest.firstIndex { record in
                defer { size += record.record.line.count + 1 }
                return size >= Self.pieceBytes
            }
            self.append(piece: Array(rest[..<(end ?? rest.endIndex)]))
            rest = rest[(end ?? rest.endIndex)...]
        }
        while self.bytes > self.limit, self.pieces.count > 1 { self.bytes -= self.pieces.removeFirst().bytes.count }
    }

    private mutating func append(piece records: [StoredRecord]) {
        guard let last = records.last?.cursor else { return }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(records.reduce(0) { $0 + $1.record.line.count + 1 })
        for record in records {
            bytes += record.record.line
            bytes.append(UInt8(ascii: "\n"))
        }
        self.pieces.append(Piece(start: self.last, last: last, records: records, bytes: bytes))
        self.bytes += bytes.count
        self.last = last
    }

    /// What comes behind `cursor`.
    func next(after cursor: Int64) -> Next {
        guard cursor < self.last else { return .nothing }
        guard let oldest = self.pieces.first, cursor >= oldest.start else {
            return .stored(through: self.pieces.first?.start ?? self.last)
        }
        var (low, high) = (0, self.pieces.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if self.pieces[middle].last <= cursor { low = middle + 1 } else { high = middle }
        }
        return .piece(self.pieces[low])
    }
}
