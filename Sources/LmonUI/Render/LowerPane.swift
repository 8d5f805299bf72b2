import LmonModel
import LmonScreen

/// What the selected row of the waterfall says: bodies, headers, timings, logs.
enum LowerPane {
    static func drawTitle(_ state: UIState, _ area: Area, into canvas: inout Canvas) {
        guard let detail = state.detail, let loaded = detail.loaded else {
            canvas.rule([], in: area)
            return
        }
        let isNarrow = area.columns.count < 56
        let shown = isNarrow ? [detail.currentTab] : detail.tabs
        let tabs = shown.map { tab -> (String, Style) in
            tab == detail.currentTab
                ? ("[\(tab.rawValue)]", state.pane == .lower ? Style(.title) : .plain) : ("\(tab.rawValue)", .dim)
        }
        let parts = self.parts(detail, loaded.invocation, state)
        // Where the pane is a single line, what it is of counts more than what else it could show.
        let fits = state.pane == .lower || state.lowerHeight > 1
        canvas.rule(parts, in: area, trailing: fits ? tabs : [])
    }

    private static func parts(_ detail: DetailState, _ invocation: Invocation, _ state: UIState) -> [(String, Style)] {
        if let call = detail.selectedCall {
            let look = CallLook(call, state.glyphs)
            let words = [call.status.map(String.init), call.error.map { _ in call.failureWord }].compactMap(\.self)
            let status = words.isEmpty ? (call.isInFlight ? "…" : "–") : words.joined(separator: " ")
            let line = "\(call.method ?? "–") \(call.url?.text ?? "–") → \(status)"
            var facts: [String] = []
            if let size = call.responseSize { facts.append(self.described(size, call)) }
            if let connection = call.connection, let isReused = connection.isReused {
                facts.append(isReused ? "reused connection" : "new connection")
            }
            facts.append(Format.spacedDuration(call.duration))
            return [(line, look.style.adding(.bold))] + facts.map { ($0, .plain) }
        }
        switch detail.selected {
        case .handler: return [("handler \(invocation.function)", .title)]
        case .response: return [("response", .title), (self.responseSize(detail, invocation), .plain)]
        case .initialization: return [("init of environment \(EnvironmentLabel.of(invocation.environment))", .title)]
        case .extensionOverhead: return [("extensions", .title)]
        case .runtimeOverhead: return [("runtime", .title)]
        case .call, nil: return [(invocation.function, .title)]
        }
    }

    /// Of what failed before it answered, there is no size.
    private static func responseSize(_ detail: DetailState, _ invocation: Invocation) -> String {
        detail.selectedRow?.start == nil ? Format.unknown : Format.bytes(invocation.producedBytes)
    }

    private static func described(_ size: Int, _ call: Call) -> String {
        let type = call.responseHeaders?.first { $0.name.lowercased() == "content-type" }?.value ?? ""
        let short = type.contains("json") ? " json" : type.contains("html") ? " html" : ""
        return Format.bytes(size) + short
    }

    static func draw(_ state: UIState, _ area: Area, into canvas: inout Canvas) {
        let scroll = state.detail?.scroll ?? 0
        let start = area.columns.lowerBound + 3
        let end = area.columns.upperBound - 1
        for (offset, line) in state.paneText.lines.dropFirst(scroll).prefix(area.rows.count).enumerated() {
            let row = area.rows.lowerBound + offset
            let shift = state.wraps ? 0 : state.detail?.shift ?? 0
            canvas.line(shift > 0 ? line.dropping(columns: shift) : line, start, row, limit: end)
            guard state.pane == .lower else { continue }
            // A single line needs no cursor to be found.
            if scroll + offset == state.detail?.cursor, area.rows.count > 1 {
                canvas.glyph(canvas.glyphs.selection, area.columns.lowerBound + 1, row, .title)
                canvas.select(row: row, columns: area.columns)
            }
            if let search = state.search { canvas.highlight(search.text, row: row, columns: start..<end) }
        }
        let left = state.paneText.lines.count - scroll - area.rows.count
        if left > 0, area.rows.count > 1 {
            let text = " \(left) more \(canvas.glyphs.down) "
            canvas.label(text, end - Text.width(of: text), area.rows.upperBound - 1, .dim)
        }
    }
}

extension TextLine {
    /// Without what stands in so many columns at its beginning.
    fileprivate func dropping(columns: Int) -> TextLine {
        var left = columns
        var line = TextLine()
        for span in self.spans {
            if left > 0, Text.isPrintableASCII(span.text) {
                let rest = span.text.utf8.dropFirst(left)
                left -= min(left, span.text.utf8.count)
                line.append(String(Substring(rest)), span.tone)
                continue
            }
            var text = Text.sanitised(span.text)[...]
            while left > 0, let first = text.popFirst() { left -= Text.width(of: first) }
            line.append(String(text), span.tone)
        }
        return line
    }
}
