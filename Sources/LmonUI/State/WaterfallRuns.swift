import LmonModel

/// Calls of one kind, one after the other, as one row: `GET 200 api.test/users/… ×120`.
enum WaterfallRuns {
    /// Fewer are shown one by one.
    private static let shortest = 6

    /// `opened` are the first calls of runs that are shown whole; so is a run that holds `wanted`. Calls that are `dimmed`
    /// have no part in a run of others.
    static func folded(
        _ rows: [WaterfallRow],
        opened: Set<WaterfallRow.ID>,
        dimmed: Set<String>,
        wanted: WaterfallRow.ID?,
        family: (WaterfallRow.ID) -> String?
    ) -> [WaterfallRow] {
        var result: [WaterfallRow] = []
        var run: [WaterfallRow] = []
        var kind: String?
        var isDimmed = false
        func close() {
            defer { run = [] }
            guard run.count >= self.shortest, let first = run.first, let kind, !opened.contains(first.id),
                !run.contains(where: { $0.id == wanted })
            else { return result.append(contentsOf: run) }
            result.append(self.row(of: run, first, kind))
        }
        for row in rows {
            let next = row.emphasis == .plain ? family(row.id).map { "\(row.label) \(row.status) \($0)" } : nil
            let isNextDimmed = row.isDimmed(dimmed)
            if next == nil || next != kind || isNextDimmed != isDimmed { close() }
            kind = next
            isDimmed = isNextDimmed
            if next == nil { result.append(row) } else { run.append(row) }
        }
        close()
        return result
    }

    private static func row(of run: [WaterfallRow], _ first: WaterfallRow, _ kind: String) -> WaterfallRow {
        var row = first
        row.count = run.count
        row.detail = kind.split(separator: " ", maxSplits: 2).last.map(String.init) ?? first.detail
        row.start = run.compactMap(\.start).min()
        row.end = run.compactMap(\.end).max()
        row.duration = run.compactMap(\.duration).reduce(0, +)
        row.segments = []
        return row
    }
}

extension WaterfallRow {
    func isDimmed(_ calls: Set<String>) -> Bool {
        guard case .call(let id) = self.id else { return false }
        return calls.contains(id)
    }
}
