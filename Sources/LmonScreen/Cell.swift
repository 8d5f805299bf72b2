/// One column of a screen row: a grapheme cluster, or the right half of a wide one, and its style.
///
/// Eight bytes and no heap: a cluster of one Unicode scalar lies inline, a longer one in its screen's table, so a cell
/// is read through the `Screen` that holds it.
package struct Cell: Hashable, Sendable {
    /// A Unicode scalar, or `clusterFlag` and an index, or `continuationMark`.
    var content: UInt32
    package var style: Style

    static let clusterFlag: UInt32 = 0x8000_0000
    static let continuationMark: UInt32 = 0xFFFF_FFFF

    package static let blank = Cell(content: 0x20, style: .plain)

    /// Whether this column is covered by the wide cluster that begins in the column to its left.
    package var isContinuation: Bool { self.content == Self.continuationMark }

    var clusterIndex: Int? {
        guard self.content & Self.clusterFlag != 0, !self.isContinuation else { return nil }
        return Int(self.content & ~Self.clusterFlag)
    }

    /// The scalar of a cell that holds just one; `nil` for longer clusters and continuations.
    package var scalar: Unicode.Scalar? { Unicode.Scalar(self.content) }
}
