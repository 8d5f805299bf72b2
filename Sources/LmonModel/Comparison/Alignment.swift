/// Which elements of two lists are the same, in order: a longest common subsequence.
enum Alignment {
    /// More pairs than this to look at take too long; then only what begins and ends alike is aligned.
    private static let budget = 1_000_000

    /// Pairs of indices, both strictly rising.
    static func pairs<Element: Equatable>(_ left: [Element], _ right: [Element]) -> [(Int, Int)] {
        let shorter = min(left.count, right.count)
        let head = (0..<shorter).first { left[$0] != right[$0] } ?? shorter
        let tail =
            (0..<(shorter - head)).first { left[left.count - 1 - $0] != right[right.count - 1 - $0] }
            ?? (shorter - head)
        var pairs = (0..<head).map { ($0, $0) }
        let (leftEnd, rightEnd) = (left.count - tail, right.count - tail)
        pairs += self.longest(left[head..<leftEnd], right[head..<rightEnd])
        return pairs + (0..<tail).map { (leftEnd + $0, rightEnd + $0) }
    }

    private static func longest<Element: Equatable>(_ left: ArraySlice<Element>, _ right: ArraySlice<Element>) -> [(
        Int, Int
    )] {
        let (rows, columns) = (left.count, right.count)
        guard rows > 0, columns > 0, rows * columns <= self.budget else { return [] }
        // `lengths[i][j]`: of the longest common subsequence of what follows i and j.
        var lengths = [Int32](repeating: 0, count: (rows + 1) * (columns + 1))
        func place(_ row: Int, _ column: Int) -> Int { row * (columns + 1) + column }
        for row in (0..<rows).reversed() {
            for column in (0..<columns).reversed() {
                lengths[place(row, column)] =
                    left[left.startIndex + row] == right[right.startIndex + column]
                    ? lengths[place(row + 1, column + 1)] + 1
                    : max(lengths[place(row + 1, column)], lengths[place(row, column + 1)])
            }
        }
        var pairs: [(Int, Int)] = []
        var (row, column) = (0, 0)
        while row < rows, column < columns {
            if left[left.startIndex + row] == right[right.startIndex + column] {
                pairs.append((left.startIndex + row, right.startIndex + column))
                (row, column) = (row + 1, column + 1)
            } else if lengths[place(row + 1, column)] >= lengths[place(row, column + 1)] {
                row += 1
            } else {
                column += 1
            }
        }
        return pairs
    }
}
