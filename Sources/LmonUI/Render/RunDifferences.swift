import LmonModel
import LmonScreen

/// What differs from the run before, marked in the waterfall of a run on a save.
enum RunDifferences {
    /// `+` new, `±` not the same; and how much longer or shorter it took, at the end of the label.
    static func mark(
        _ row: WaterfallRow,
        _ state: UIState,
        label: Range<Int>,
        column: Int,
        row line: Int,
        into canvas: inout Canvas
    ) {
        guard let differences = state.shownDifferences else { return }
        switch row.id {
        case .call(let id):
            guard let found = differences.calls.first(where: { $0.secondID == id }) else { return }
            if case .new = found.pair {
                canvas.label("+", column, line, .warning)
            } else if !found.differences.isEmpty {
                canvas.label("±", column, line, .warning)
            }
            self.draw(found.difference, label, line, into: &canvas)
        case .handler:
            guard let measure = differences.measures.first(where: { $0.name == "handler" }),
                let before = measure.before,
                let after = measure.after
            else { return }
            self.draw(after - before, label, line, into: &canvas)
        case .initialization, .response, .extensionOverhead, .runtimeOverhead: break
        }
    }

    /// Less than a millisecond is chance.
    private static func draw(_ difference: Double?, _ label: Range<Int>, _ line: Int, into canvas: inout Canvas) {
        guard let difference, abs(difference) >= 1, label.count >= 24 else { return }
        let text = " " + (difference < 0 ? "−" : "+") + Format.duration(abs(difference))
        canvas.label(text, label.upperBound - Text.width(of: text), line, difference > 0 ? .warning : .dim)
    }

    /// From here on the title has room for the summary.
    static func isInTitle(_ area: Area) -> Bool { area.columns.count >= 76 }

    /// What neither the title nor a row says: calls that the run before made and this one does not.
    static func hint(_ state: UIState, _ area: Area) -> String? {
        guard let differences = state.shownDifferences else { return nil }
        let parts = [self.isInTitle(area) ? nil : differences.summary, self.gone(differences)].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " · ")
    }

    private static func gone(_ differences: Comparison) -> String? {
        let gone = differences.calls.compactMap { row -> String? in
            guard case .gone(let call) = row.pair else { return nil }
            return "\(call.method ?? Format.unknown) \(call.url.map { String($0.short) } ?? Format.unknown)"
        }
        return gone.isEmpty ? nil : "gone: \(gone.joined(separator: ", "))"
    }
}

extension CallComparison {
    /// Of the call in the second run.
    fileprivate var secondID: String? {
        switch self.pair {
        case .gone: nil
        case .new(let call), .both(_, let call): call.id
        }
    }
}
