import LmonModel
import LmonRecord
import LmonScreen

/// Phases and calls of the open invocation on one axis; each row can be selected.
enum WaterfallPane {
    // MARK: - Title

    /// `─ 9f3c…e1 orders ✓ 187ms ─ billed 188 ─ 88/256 MB ─ lmon held 0.4ms ────`
    static func drawTitle(_ state: UIState, _ area: Area, into canvas: inout Canvas) {
        guard let detail = state.detail else {
            let parts = self.lifecycleTitle(state)
            canvas.rule(parts, in: area)
            return
        }
        guard let invocation = detail.loaded?.invocation else {
            canvas.rule([(detail.id.short, .dim)], in: area)
            return
        }
        var parts = self.titleParts(invocation, state)
        if let differences = state.shownDifferences, RunDifferences.isInTitle(area) {
            parts.insert((differences.summary, .inFlight), at: 1)
        }
        canvas.rule(parts, in: area, trailing: self.scrollMark(state))
    }

    private static func lifecycleTitle(_ state: UIState) -> [(String, Style)] {
        guard case .list(.lifecycle(let event))? = state.list.selectedRow else { return [] }
        return [(event.parts.first ?? event.function, StateLook(event, state.glyphs).style)]
    }

    static func titleParts(_ invocation: Invocation, _ state: UIState) -> [(String, Style)] {
        let isOverdue = state.isOverdue(invocation)
        let look = isOverdue ? .unseen(state.glyphs) : StateLook(invocation.state, state.glyphs)
        var summary = "\(invocation.id.short) \(invocation.function) \(Character(look.glyph))"
        if case .finished(let status) = invocation.state, status != .success { summary += " \(status)" }
        let duration = invocation.duration ?? state.latest.map { max(0, $0.milliseconds(since: invocation.time)) }
        if isOverdue {
            summary += " \(UIState.unseenEnd)"
        } else {
            let isRunning = invocation.state.isInFlight
            summary += " \(Format.duration(isRunning ? duration : invocation.duration))\(isRunning ? "…" : "")"
        }
        var parts: [(String, Style)] = [(summary, look.isCalm ? .title : look.style.adding(.bold))]
        if let type = invocation.errorType { parts.append((type, .failed)) }
        if invocation.isCold == true, let duration = invocation.initDuration ?? invocation.initialization?.duration {
            parts.append(("cold \(Format.duration(duration))", .warning))
        }
        if let billed = invocation.billedDuration { parts.append(("billed \(Format.fixed(billed, 0))", .plain)) }
        if invocation.memoryUsed != nil || invocation.memoryLimit != nil {
            parts.append((Format.memory(used: invocation.memoryUsed, limit: invocation.memoryLimit), .plain))
        }
        if let held = invocation.overhead?.heldMilliseconds {
            parts.append(("lmon held \(Format.duration(held))", .lmon))
        }
        if let comment = state.comments[invocation.id] { parts.append(("; \(comment)", .title)) }
        return parts
    }

    private static func scrollMark(_ state: UIState) -> [(String, Style)] {
        guard let detail = state.detail, state.waterfallHeight > 0 else { return [] }
        let shown = state.waterfallHeight - (state.hasAxisRow ? 1 : 0)
        guard detail.rows.count > shown, let index = detail.selectedIndex else { return [] }
        return [("\(index + 1)/\(detail.rows.count)", .dim)]
    }

    // MARK: - Rows

    static func draw(_ state: UIState, _ area: Area, into canvas: inout Canvas) {
        guard let detail = state.detail, let loaded = detail.loaded else {
            guard let detail = state.detail else { return }
            let text = detail.isGone ? "The details of this invocation are not kept any more." : canvas.glyphs.ellipsis
            canvas.text(text, area.columns.lowerBound + 3, area.rows.lowerBound, limit: area.columns.upperBound, .dim)
            return
        }
        let columns = WaterfallColumns(
            area,
            range: state.axis(of: loaded),
            now: state.elapsed(in: loaded),
            isOverdue: state.isOverdue(loaded.invocation)
        )
        let hinted = detail.hinted
        var row = area.rows.lowerBound
        if state.hasAxisRow {
            self.drawAxis(columns, row: row, into: &canvas)
            row += 1
        } else if detail.top == 0 {
            self.drawAxis(columns, row: row, into: &canvas)
        }
        for index in detail.rows.indices.dropFirst(detail.top) {
            guard row < area.rows.upperBound else { return }
            let content = detail.rows[index]
            self.draw(content, loaded, columns, row: row, into: &canvas)
            if content.isDimmed(detail.dimmed) {
                // It keeps its mark, which is enough of a failure here.
                canvas.screen.restyle(row: row, columns: columns.label.lowerBound..<columns.end) { $0 = .dim }
            }
            if case .call(let id) = content.id, hinted.contains(id) {
                canvas.screen.restyle(row: row, columns: columns.label) { $0.attributes.insert(.underline) }
            }
            let column = area.columns.lowerBound
            RunDifferences.mark(content, state, label: columns.label, column: column, row: row, into: &canvas)
            if index == detail.selectedIndex {
                canvas.glyph(canvas.glyphs.selection, area.columns.lowerBound + 1, row, .title)
                if state.pane == .waterfall { canvas.select(row: row, columns: area.columns) }
            }
            row += 1
        }
    }

    private static func drawAxis(_ columns: WaterfallColumns, row: Int, into canvas: inout Canvas) {
        canvas.glyph(canvas.glyphs.axis, columns.axis, row, .dim)
        guard columns.bar.count >= 12 else { return }
        for (column, text) in columns.ticks {
            canvas.label(text, column, row, limit: columns.end, .dim)
        }
    }

    private static func draw(
        _ content: WaterfallRow,
        _ loaded: InvocationDetail,
        _ columns: WaterfallColumns,
        row: Int,
        into canvas: inout Canvas
    ) {
        let look = WaterfallLook(content, canvas.glyphs, isOverdue: columns.isOverdue)
        let labels = columns.label
        if let mark = look.mark { canvas.glyph(mark, labels.lowerBound - 1, row, look.style) }
        if case .call = content.id {
            let head = Text.padded(content.label, to: 4) + " " + Text.padded(content.status, to: 3) + " "
            let pen = canvas.text(canvas.truncated(head, to: labels.count), labels.lowerBound, row, look.style)
            let suffix = canvas.glyphs.rendered(content.suffix)
            let room = labels.upperBound - pen - Text.width(of: suffix)
            let url = canvas.text(canvas.truncatedURL(content.detail, to: room), pen, row, look.textStyle)
            canvas.text(suffix, url, row, limit: labels.upperBound, content.count > 1 ? .title : .warning)
        } else {
            let pen = canvas.text(canvas.truncated(content.label, to: labels.count), labels.lowerBound, row, look.style)
            let known = content.start != nil || content.duration != nil
            let detail = content.detail.isEmpty && !known ? "–" : content.detail
            let text = canvas.truncated(canvas.glyphs.rendered(detail), to: labels.upperBound - pen - 1)
            canvas.text(text, labels.upperBound - Text.width(of: text), row, look.textStyle)
        }
        canvas.glyph(canvas.glyphs.axis, columns.axis, row, .dim)
        WaterfallBar.draw(content, loaded, columns, row: row, look, into: &canvas)
        self.drawDuration(content, loaded, columns, row: row, look, into: &canvas)
    }

    private static func drawDuration(
        _ content: WaterfallRow,
        _ loaded: InvocationDetail,
        _ columns: WaterfallColumns,
        row: Int,
        _ look: WaterfallLook,
        into canvas: inout Canvas
    ) {
        if content.start != nil, content.end == nil, columns.isOverdue {
            let text = content.id == .handler ? UIState.unseenEnd : "–"
            canvas.label(text, columns.end - Text.width(of: text), row, limit: columns.end + 1, look.textStyle)
            return
        }
        if content.id == .handler, content.end == nil, let deadline = loaded.invocation.deadline {
            let left = max(0, deadline.milliseconds(since: loaded.invocation.time) - columns.now)
            let text = Format.duration(left) + " left"
            canvas.label(text, columns.end - Text.width(of: text), row, limit: columns.end + 1, look.textStyle)
            return
        }
        // The handler's own duration stands in the title.
        guard content.id != .handler || content.end == nil || columns.bar.count < 12 else { return }
        guard content.duration != nil || content.start != nil else { return }
        let running = content.start.map { Format.spacedDuration(columns.now - $0) + "…" }
        let text = content.duration.map { Format.spacedDuration($0) } ?? running ?? "–"
        canvas.label(text, columns.end - Text.width(of: text), row, limit: columns.end + 1, look.textStyle)
    }

    // MARK: - Hint

    static func drawHint(_ state: UIState, _ area: Area, into canvas: inout Canvas) {
        guard let loaded = state.detail?.loaded else { return }
        let row = area.rows.lowerBound
        let start = area.columns.lowerBound + 3
        let end = area.columns.upperBound - 1
        if let text = RunDifferences.hint(state, area) {
            canvas.label(canvas.truncated(canvas.glyphs.rendered(text), to: end - start), start, row, .warning)
            return
        }
        if loaded.hints.isEmpty {
            guard loaded.invocation.calls.isEmpty else { return }
            canvas.label(canvas.truncated(self.noCalls(state, loaded.invocation), to: end - start), start, row, .dim)
            return
        }
        let all = loaded.hints.map(\.description).joined(separator: " · ")
        let chosen = state.detail?.hint.flatMap { loaded.hints.indices.contains($0) ? $0 : nil }
        // As many as fit, or one at a time.
        let isAll = chosen == nil && Text.width(of: all) <= end - start - 6
        let isOne = loaded.hints.count == 1 || isAll
        let title = isOne ? "hint: " : "hint \((chosen ?? 0) + 1)/\(loaded.hints.count): "
        let pen = canvas.text(title, start, row, .dim)
        let text = isAll ? all : loaded.hints[chosen ?? 0].description
        canvas.text(canvas.truncated(canvas.glyphs.rendered(text), to: end - pen), pen, row, .warning)
    }

    private static func noCalls(_ state: UIState, _ invocation: Invocation) -> String {
        if let reason = state.unseenCalls[invocation.function] { return "HTTP calls cannot be seen here: \(reason)" }
        if invocation.id.isInitialization { return "No HTTP calls in this initialisation." }
        return invocation.state.isInFlight ? "No HTTP calls so far." : "No HTTP calls in this invocation."
    }
}

extension UIState {
    /// Whether the axis needs a row of its own: its numbers share the first row where that has no bar.
    var hasAxisRow: Bool {
        guard let first = self.detail?.rows.first else { return false }
        return first.start != nil
    }
}

extension DetailState {
    /// The calls that the chosen hint is about.
    fileprivate var hinted: Set<String> {
        guard let hint, let hints = self.loaded?.hints, hints.indices.contains(hint) else { return [] }
        return Set(hints[hint].calls)
    }
}

extension WaterfallRow {
    /// What stands behind a URL: ` ×120` calls, or ` ↻2`, the second attempt.
    fileprivate var suffix: String {
        if self.count > 1 { return " ×\(self.count)" }
        return self.attempt.map { $0 > 1 ? " ↻\($0)" : "" } ?? ""
    }
}
