package import LmonModel

/// Two runs beside each other, over everything else.
package struct ComparisonView: Hashable, Sendable {
    package let comparison: Comparison
    let lines: [TextLine]
    package internal(set) var scroll = 0

    init(_ comparison: Comparison, offset: Int) {
        self.comparison = comparison
        self.lines = comparison.lines(offset: offset)
    }

    /// As they fit into so many columns.
    func wrapped(_ columns: Int) -> [TextLine] { self.lines.flatMap { $0.wrapped(to: columns) } }
}
