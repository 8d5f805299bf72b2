import LmonScreen

/// Rows of cells as lines whose columns stand under each other.
enum Columns {
    /// The last column is not filled up. Cells may come from anywhere: they are sanitised.
    static func aligned(_ rows: [[String]], _ alignments: [Text.Alignment]) -> [String] {
        let cells = rows.map { $0.map { Text.sanitised($0) } }
        let widths = alignments.indices.map { column in cells.map { Text.width(of: $0[column]) }.max() ?? 0 }
        return cells.map { row in
            zip(row, zip(widths, alignments)).enumerated().map { index, cell in
                let (text, (width, alignment)) = cell
                return index == row.count - 1 && alignment == .leading ? text : Text.padded(text, to: width, alignment)
            }
            .joined(separator: "  ")
        }
    }
}
