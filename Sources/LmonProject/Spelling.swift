/// Which known name somebody may have meant.
enum Spelling {
    /// The closest of `known` to a `name` that is not among them: one edit away, or two for longer names. Nil if none
    /// is, since AWS adds properties faster than lists of them are mended.
    static func nearest(to name: String, among known: [String]) -> String? {
        guard !known.contains(name) else { return nil }
        if let sameLetters = known.first(where: { $0.lowercased() == name.lowercased() }) { return sameLetters }
        let allowed = name.count < 6 ? 1 : 2
        return known.map { ($0, Self.distance(Array(name.utf8), Array($0.utf8))) }
            .filter { $0.1 <= allowed }
            .min { $0.1 < $1.1 }?.0
    }

    /// Insertions, deletions, replacements and swaps of neighbours.
    static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        guard !first.isEmpty, !second.isEmpty else { return max(first.count, second.count) }
        var beforeLast: [Int] = []
        var last = Array(0...second.count)
        for i in 1...first.count {
            var row = [i]
            for j in 1...second.count {
                let isSame = first[i - 1] == second[j - 1]
                var cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (isSame ? 0 : 1))
                if i > 1, j > 1, first[i - 1] == second[j - 2], first[i - 2] == second[j - 1] {
                    cost = min(cost, beforeLast[j - 2] + 1)
                }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[second.count]
    }
}
