import LmonModel
import LmonScreen

/// What stands where the rows will be.
enum EmptyList {
    static func draw(_ state: UIState, _ area: Area, into canvas: inout Canvas) {
        var row = area.rows.lowerBound
        let width = area.columns.count - 4
        for line in self.lines(state) {
            for part in Text.wrapped(canvas.glyphs.rendered(line), to: width) where row < area.rows.upperBound {
                canvas.text(part, area.columns.lowerBound + 3, row)
                row += 1
            }
        }
    }

    private static func lines(_ state: UIState) -> [String] {
        if state.view == .logs, let only = state.sight.logs.description {
            let levels = state.sight.logs.least != nil ? " · L shows other levels" : ""
            let others = state.sight.logs.invocation != nil ? " · o shows all invocations" : ""
            return ["No log line: \(only)\(levels)\(others)."]
        }
        if let filter = state.filter { return [StatusLines.text(of: filter, state)] }
        if state.sight.marked != nil { return ["None of the marked rows is here. M, or Esc, shows all."] }
        if let since = state.sight.since {
            let time = Format.time(since, offset: state.configuration.utcOffset).prefix(8)
            return ["Nothing since \(time). C, or Esc, brings back what was here."]
        }
        if state.totals.records == 0 {
            if let lost = LostSource(state) { return lost.lines }
            if case .failed(let reason) = state.connection { return [Text.sanitised(reason)] }
            if state.connection == .connecting { return ["Asking \(state.configuration.source) …"] }
            if let line = state.source?.emptyLine(offset: state.configuration.utcOffset) {
                return [Text.sanitised(line)]
            }
        }
        switch state.view {
        case .calls: return ["No HTTP calls yet."]
        case .logs: return ["No log lines yet."]
        case .environments: return ["No environment yet."]
        case .statistics: return ["No invocation yet."]
        case .invocations: break
        }
        guard let function = state.configuration.functions.first else {
            return ["No invocation yet. What \(state.configuration.source) sends is shown here."]
        }
        guard let url = state.configuration.invokeURL else { return ["No invocation yet. Press i."] }
        let name = Text.sanitised(function)
        return ["No invocation yet. Press i, or:", "curl -d '{}' \(url)/2015-03-31/functions/\(name)/invocations"]
    }
}
