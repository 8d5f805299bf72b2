/// A grid of styled cells: everything that a view says to a terminal.
///
/// Rows and columns count from 0 at the top left. Whatever text is drawn, no cell ever holds a control character: what
/// could drive a terminal is turned into something visible on the way in.
package struct Screen: Sendable {
    package struct Size: Hashable, Sendable {
        package var columns: Int
        package var rows: Int

        package init(columns: Int, rows: Int) {
            self.columns = max(0, columns)
            self.rows = max(0, rows)
        }
    }

    package struct Position: Hashable, Sendable {
        package var column: Int
        package var row: Int

        package init(column: Int, row: Int) {
            self.column = column
            self.row = row
        }
    }

    package let size: Size
    /// Where the text cursor blinks; hidden when `nil`.
    package var cursor: Position?

    /// Row by row.
    var cells: [Cell]
    /// Clusters of more than one scalar, in order of their first use.
    var clusters: [String] = []
    private var clusterIndices: [String: Int] = [:]

    package init(size: Size) {
        self.size = size
        self.cells = [Cell](repeating: .blank, count: size.columns * size.rows)
    }

    package subscript(column: Int, row: Int) -> Cell {
        guard self.contains(column: column, row: row) else { return .blank }
        return self.cells[row * self.size.columns + column]
    }

    func contains(column: Int, row: Int) -> Bool {
        column >= 0 && row >= 0 && column < self.size.columns && row < self.size.rows
    }

    /// The cluster that a cell of this screen shows; empty for the right half of a wide one.
    package func text(of cell: Cell) -> String {
        if let index = cell.clusterIndex { return self.clusters[index] }
        guard let scalar = cell.scalar else { return "" }
        return String(Character(scalar))
    }

    /// A row's characters, without the blanks at its end.
    package func text(row: Int) -> String {
        var line = ""
        for column in 0..<self.size.columns { line += self.text(of: self[column, row]) }
        while line.last == " " { line.removeLast() }
        return line
    }

    /// All rows, joined by newlines.
    package var text: String {
        (0..<self.size.rows).map { self.text(row: $0) }.joined(separator: "\n")
    }

    /// Whether a column of two screens of one size looks the same.
    package func matches(_ other: Screen, column: Int, row: Int) -> Bool {
        let index = row * self.size.columns + column
        let mine = self.cells[index]
        let its = other.cells[index]
        guard mine.style == its.style else { return false }
        guard let myCluster = mine.clusterIndex, let itsCluster = its.clusterIndex else {
            return mine.content == its.content
        }
        return self.clusters[myCluster] == other.clusters[itsCluster]
    }

    /// The columns of a row in which it differs from the same row of another screen, or nothing.
    ///
    /// The range is the smallest that covers every difference.
    package func difference(from other: Screen, row: Int) -> Range<Int>? {
        guard self.size == other.size else { return self.size.columns > 0 ? 0..<self.size.columns : nil }
        guard let first = (0..<self.size.columns).first(where: { !self.matches(other, column: $0, row: row) }),
            let last = (0..<self.size.columns).last(where: { !self.matches(other, column: $0, row: row) })
        else { return nil }
        return first..<(last + 1)
    }

    mutating func intern(_ cluster: String) -> UInt32 {
        if let known = self.clusterIndices[cluster] { return UInt32(known) | Cell.clusterFlag }
        self.clusterIndices[cluster] = self.clusters.count
        self.clusters.append(cluster)
        return UInt32(self.clusters.count - 1) | Cell.clusterFlag
    }
}

extension Screen: Equatable {
    /// Equal when they look the same, whatever order their clusters were drawn in.
    package static func == (left: Screen, right: Screen) -> Bool {
        guard left.size == right.size, left.cursor == right.cursor else { return false }
        return (0..<left.size.rows).allSatisfy { left.difference(from: right, row: $0) == nil }
    }
}
