import LmonModel
import LmonScreen

/// The last two lines: what just happened or is asked, and the keys.
enum StatusLines {
    static func draw(_ state: UIState, _ layout: Layout, into canvas: inout Canvas) {
        let message = self.message(state)
        if let row = layout.status {
            var right = self.right(state)
            let end = state.size.columns - 1
            // Nothing dropped is worth less than the whole of what is said.
            let needed = message.map { Text.width(of: $0.0) + 4 } ?? 0
            if right.1 == .dim, needed + Text.width(of: right.0) > end { right.0 = "" }
            let width = Text.width(of: right.0)
            canvas.label(right.0, end - width, row, right.1)
            self.draw(message ?? self.rest(state), state, row: row, limit: end - width - 2, into: &canvas)
            self.drawKeys(state, row: layout.keys, into: &canvas)
        } else if let message, self.error(state) == nil {
            self.draw(message, state, row: layout.keys, limit: state.size.columns - 1, into: &canvas)
            if let (prompt, field) = self.typed(state) {
                // One line for both.
                let behind = Text.width(of: prompt) + Text.width(of: field.text) + 4
                CandidateLine.draw(state, from: behind, row: layout.keys, into: &canvas)
            }
        } else {
            self.drawKeys(state, row: layout.keys, into: &canvas)
        }
    }

    private static func draw(
        _ message: (String, Style)?,
        _ state: UIState,
        row: Int,
        limit: Int,
        into canvas: inout Canvas
    ) {
        if let (prompt, field) = self.typed(state) {
            let pen = canvas.text(prompt, 1, row, .title)
            let room = max(1, limit - pen - 1)
            let head = Text.truncatedHead(field.head, to: room, ellipsis: canvas.glyphs.ellipsis)
            let shown = Text.width(of: field.head) > room ? head : Text.sanitised(field.text)
            canvas.text(shown, pen, row, limit: limit)
            canvas.screen.cursor = Screen.Position(column: pen + Text.width(of: head), row: row)
            return
        }
        guard let message else { return }
        let whole = canvas.glyphs.rendered(message.0)
        let start = Text.width(of: whole) < limit ? 1 : 0
        canvas.text(canvas.truncated(whole, to: limit - start), start, row, limit: limit, message.1)
    }

    private static func error(_ state: UIState) -> FilterError? {
        guard case .filter(let line)? = state.overlay else { return nil }
        return line.error
    }

    /// What is being typed there.
    private static func typed(_ state: UIState) -> (prompt: String, TextField)? {
        switch state.overlay {
        case .search(let line): ("/", line.field)
        case .filter(let line): ("filter: ", line.field)
        case .comment(let line): ("comment: ", line.field)
        case .help, .copyMenu, .invoke, .comparison, .exportMenu, .palette, .functions, nil: nil
        }
    }

    private static func message(_ state: UIState) -> (String, Style)? {
        if let (prompt, _) = self.typed(state) { return (prompt, .title) }
        if state.overlay == .copyMenu {
            let targets = CopyTarget.allCases.map { "\($0.rawValue) \($0.title)" }
            if state.size.columns < 60 { return (targets.joined(separator: " "), .title) }
            return ("copy  \(targets.joined(separator: "  "))  Esc", .title)
        }
        if case .exportMenu(let menu)? = state.overlay { return (menu.line + "  Esc", .title) }
        if let notice = state.notice { return (notice.text, notice.isFailure ? .failed : .title) }
        if let lost = LostSource(state) { return (lost.line(state.size.columns - 2), .failed) }
        if let trouble = state.troubles.min(by: { $0.key < $1.key }) {
            // Elsewhere, nobody here can save anything.
            let remedy = state.configuration.functions.isEmpty ? "" : " · the next save tries again"
            return ("\(trouble.key) does not start: \(trouble.value)\(remedy)", .failed)
        }
        if let search = state.search { return (self.text(of: search, state), .plain) }
        if let filter = state.filter { return (self.text(of: filter, state), .plain) }
        return state.coach.map { ($0, .title) }
    }

    /// What stands there while there is nothing to say.
    private static func rest(_ state: UIState) -> (String, Style) {
        guard let source = state.source, state.connection == .connected else { return ("filter: none", .dim) }
        return (source.line, source.hasFlaws ? .warning : .dim)
    }

    private static func text(of search: UIState.Search, _ state: UIState) -> String {
        let shown = Text.sanitised(search.text)
        if search.hasFailed {
            let all = state.pane == .lower ? state.paneText.lines.count : state.list.count
            return "0 of \(all) match \(shown) · Esc clears"
        }
        guard search.total > 0 else { return "/\(shown)" }
        return "/\(shown)  \(search.ordinal) of \(search.total)"
    }

    /// `12 of 128 match status>=500 · Esc clears`, `12 of 128000 match … · 61 % looked at · Esc stops`
    static func text(of filter: UIState.Filtering, _ state: UIState) -> String {
        let shown = Text.sanitised(filter.text)
        guard let progress = filter.progress else { return "filter: \(shown)" }
        let share = progress.progress.map { " · \(Int($0 * 100)) % looked at" } ?? ""
        let givenUp = progress.givenUp > 0 ? " · gave up on \(progress.givenUp)" : ""
        // The statistics have no rows of their own.
        let view = state.view == .statistics ? ListView.invocations : state.view
        let count = state.lists[view]?.count ?? 0
        return
            "\(count) of \(progress.all[view]) match \(shown)\(share)\(givenUp) · Esc \(share.isEmpty ? "clears" : "stops")"
    }

    private static func right(_ state: UIState) -> (String, Style) {
        let totals = state.totals
        let unknown = totals.unknown > 0 ? "unknown \(totals.unknown)  " : ""
        return ("\(unknown)dropped \(totals.dropped)", totals.dropped > 0 ? .warning : .dim)
    }

    // MARK: - Keys

    private static func drawKeys(_ state: UIState, row: Int, into canvas: inout Canvas) {
        if let error = self.error(state) {
            canvas.text(canvas.truncated(error.reason, to: state.size.columns - 2), 1, row, .failed)
            return
        }
        if CandidateLine.draw(state, from: 1, row: row, into: &canvas) { return }
        var pen = 1
        let end = state.size.columns - 1
        let hints = self.hints(state)
        for (index, hint) in hints.enumerated() {
            guard let binding = KeyTable.binding(of: hint.0) else { continue }
            let key = binding.label.split(separator: " ").first.map(String.init) ?? binding.label
            let width = Text.width(of: canvas.glyphs.rendered(key)) + 1 + hint.1.count
            // The last ones, help and the way out, always have their place.
            let reserved = hints.dropFirst(index + 1).suffix(2).reduce(0) { $0 + $1.1.count + 4 }
            guard pen + width + (index < hints.count - 2 ? reserved : 0) <= end else { continue }
            pen = canvas.label(key, pen, row, .title) + 1
            pen = canvas.text(hint.1, pen, row, .dim) + 2
        }
    }

    private static func hints(_ state: UIState) -> [(Command, String)] {
        if state.overlay != nil { return self.overlayHints(state) }
        let canInvoke = !state.configuration.functions.isEmpty
        var hints: [(Command, String)]
        if state.view == .statistics {
            return [(.into, "show"), (.nextPane, "section"), (.viewInvocations, "invocations"), (.filter, "filter")]
                + [(.help, "help"), (.back, state.isAtTop ? "quit" : "back")]
        }
        switch state.pane {
        case .list where state.view == .logs:
            hints = [(.into, "open"), (.search, "search"), (.logLevel, "level"), (.oneInvocation, "only this")]
        case .list where state.view == .environments:
            hints = [(.into, "init"), (.zoomIn, "zoom"), (.panLeft, "left"), (.panRight, "right"), (.zoomFit, "all")]
        case .list: hints = [(.into, "open"), (.search, "search"), (.filter, "filter")]
        case .waterfall: hints = [(.into, "open"), (.out, "back")]
        case .lower:
            hints = state.paneText.canFold ? [(.into, "fold")] : []
            hints += [(.nextTab, "tab"), (.search, "search"), (.wrap, "wrap"), (.zoom, "zoom")]
        }
        if canInvoke { hints += [(.invoke, "invoke"), (.replay, "replay")] }
        hints += [(.copy, "copy"), (.nextError, "error")]
        if state.pane == .list { hints.append((.follow, "follow")) }
        return hints + [(.help, "help"), (.back, state.isAtTop ? "quit" : "back")]
    }

    private static func overlayHints(_ state: UIState) -> [(Command, String)] {
        switch state.overlay {
        case .help, .comparison: [(.down, "scroll"), (.out, "close")]
        case .search: [(.into, "search"), (.out, "close")]
        case .filter: [(.into, "filter"), (.nextPane, "complete"), (.out, "close")]
        case .invoke: [(.into, "invoke"), (.nextPane, "function"), (.out, "close")]
        case .comment: [(.into, "keep"), (.out, "close")]
        case .functions: [(.into, "show"), (.nextPane, "next"), (.out, "close")]
        case .palette: [(.into, "do it"), (.nextPane, "next"), (.out, "close")]
        case .copyMenu, .exportMenu, nil: [(.out, "close")]
        }
    }
}
