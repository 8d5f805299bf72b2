import LmonModel
import LmonRecord
import LmonScreen

/// The list on the left or at the top, whichever list it is.
enum ListPane {
    static func draw(_ state: UIState, _ area: Area, header: Area?, into canvas: inout Canvas) {
        let list = state.list
        if list.count == 0 {
            EmptyList.draw(state, area, into: &canvas)
            return
        }
        let columns = ListColumns(state, area)
        if let header { self.drawHeader(state, columns, area, row: header.rows.lowerBound, into: &canvas) }
        for (offset, index) in list.visible(height: area.rows.count).enumerated() {
            let row = area.rows.lowerBound + offset
            let isSelected = index == list.selectedIndex
            guard let content = list.row(at: index) else {
                canvas.text(canvas.glyphs.ellipsis, columns.time.lowerBound, row, .dim)
                if isSelected { self.mark(state, row: row, area, into: &canvas) }
                continue
            }
            self.draw(content, state, columns, area, row: row, into: &canvas)
            if let search = state.search, state.pane == .list {
                canvas.highlight(search.text, row: row, columns: area.columns)
            }
            if state.isMarked(content) {
                canvas.glyph(canvas.glyphs.marked, area.columns.lowerBound + 2, row, .title)
            }
            if isSelected { self.mark(state, row: row, area, into: &canvas) }
        }
    }

    /// The selected row: a mark, and its ground where the keys act on it.
    private static func mark(_ state: UIState, row: Int, _ area: Area, into canvas: inout Canvas) {
        let column = area.columns.lowerBound
        let isTaken = canvas.screen[column + 1, row].scalar != " "
        canvas.glyph(canvas.glyphs.selection, isTaken ? column : column + 1, row, .title)
        if state.pane == .list { canvas.select(row: row, columns: area.columns) }
    }

    private static func drawHeader(
        _ state: UIState,
        _ columns: ListColumns,
        _ area: Area,
        row: Int,
        into canvas: inout Canvas
    ) {
        let end = columns.end
        if state.view == .environments { return LaneRow.drawHeader(state, area, row: row, into: &canvas) }
        canvas.text("time", columns.time.lowerBound, row, .dim)
        guard state.view == .invocations else {
            canvas.text("function", columns.state, row, limit: end, .dim)
            let title = state.view == .calls ? "call" : "line"
            let pen = canvas.text(title, RowColumns(columns).text, row, limit: end, .dim)
            if state.view == .logs, let only = state.sight.logs.description {
                canvas.text(canvas.truncated(canvas.glyphs.rendered(": \(only)"), to: end - pen), pen, row, .warning)
            }
            return
        }
        let sort = state.sight.sort
        func title(_ text: String, _ own: RowSort) -> String { sort == own ? text + "↓" : text }
        func style(_ own: RowSort) -> Style { sort == own && own != .time ? .title : .dim }
        let duration = Text.padded(title("dur", .duration), to: columns.duration.count, .trailing)
        canvas.label(duration, columns.duration.lowerBound, row, style(.duration))
        // Its arrow may stand where a duration is padded.
        canvas.label(title("function", .function), columns.name.lowerBound, row, limit: end, style(.function))
        canvas.glyph(canvas.glyphs.calls, columns.calls.upperBound - 1, row, style(.calls))
        guard !columns.bar.isEmpty else { return }
        let scale = ListPane.scaleText(columns.scale)
        canvas.text("0", columns.bar.lowerBound, row, .dim)
        canvas.text(scale, columns.bar.upperBound - scale.count, row, .dim)
    }

    private static func scaleText(_ milliseconds: Double) -> String {
        guard milliseconds >= 1000 else { return Format.duration(milliseconds) }
        return "\(Format.fixed(milliseconds / 1000, milliseconds.truncatingRemainder(dividingBy: 1000) == 0 ? 0 : 1))s"
    }

    private static func draw(
        _ content: Row,
        _ state: UIState,
        _ columns: ListColumns,
        _ area: Area,
        row: Int,
        into canvas: inout Canvas
    ) {
        switch content {
        case .list(.invocation(let summary)):
            self.draw(summary, state, columns, row: row, into: &canvas)
        case .list(.lifecycle(let event)):
            self.draw(event, state, columns, row: row, into: &canvas)
        case .call(let call): FlatRow.draw(call, state, columns, row: row, into: &canvas)
        case .log(let log): FlatRow.draw(log, state, columns, row: row, into: &canvas)
        case .environment(let status): LaneRow.draw(status, state, area, row: row, into: &canvas)
        }
    }

    private static func draw(
        _ summary: InvocationSummary,
        _ state: UIState,
        _ columns: ListColumns,
        row: Int,
        into canvas: inout Canvas
    ) {
        let isOverdue = state.isOverdue(summary)
        let look = isOverdue ? .unseen(canvas.glyphs) : StateLook(summary.state, canvas.glyphs)
        let time = Format.time(summary.time, offset: state.configuration.utcOffset)
        canvas.text(String(time.prefix(columns.time.count)), columns.time.lowerBound, row, .dim)
        canvas.glyph(look.glyph, columns.state, row, look.style)
        let name = canvas.truncated(summary.function, to: columns.name.count)
        canvas.text(name, columns.name.lowerBound, row, look.isCalm ? .plain : look.style)
        let duration = state.shownDuration(of: summary)
        let isRunning = summary.state.isInFlight && !isOverdue
        let text = isRunning ? self.running(duration) + canvas.glyphs.ellipsis : Format.duration(duration)
        let padded = Text.padded(text, to: columns.duration.count, .trailing)
        canvas.text(padded, columns.duration.lowerBound, row, look.isCalm ? .plain : look.style)
        let calls = summary.calls > 99_999 ? "+++++" : "\(summary.calls)"
        canvas.text(
            calls,
            columns.calls.upperBound - calls.count,
            row,
            summary.failedCalls > 0 ? .warning : .plain
        )
        self.drawBar(summary, duration, columns, row: row, look, into: &canvas)
        self.drawNote(summary, state, columns, row: row, look, into: &canvas)
    }

    /// `1.2s`: what changes all the time needs no hundredths.
    private static func running(_ milliseconds: Double?) -> String {
        guard let milliseconds, (1_000..<99_950).contains(milliseconds) else { return Format.duration(milliseconds) }
        return Format.fixed(milliseconds / 1000, 1) + "s"
    }

    private static func drawBar(
        _ summary: InvocationSummary,
        _ duration: Double?,
        _ columns: ListColumns,
        row: Int,
        _ look: StateLook,
        into canvas: inout Canvas
    ) {
        guard let duration, !columns.bar.isEmpty else { return }
        let end = duration / columns.scale * Double(columns.bar.count)
        Bar.draw(
            0,
            end,
            in: columns.bar,
            row: row,
            style: look.isCalm ? .call : look.style,
            isOpen: summary.state.isInFlight,
            into: &canvas
        )
    }

    private static func drawNote(
        _ summary: InvocationSummary,
        _ state: UIState,
        _ columns: ListColumns,
        row: Int,
        _ look: StateLook,
        into canvas: inout Canvas
    ) {
        var note = summary.note ?? ""
        var style: Style = summary.state.isFailed ? .failed : .warning
        if let comment = state.comments[summary.id] { (note, style) = (comment, .title) }
        if state.isOverdue(summary) {
            (note, style) = (UIState.unseenEnd, .warning)
        } else if summary.state.isInFlight, let deadline = summary.deadline, let latest = state.latest {
            note = "\(self.running(max(0, deadline.milliseconds(since: latest)))) left"
            style = .inFlight
        }
        let first = columns.bar.isEmpty ? columns.calls.upperBound + 1 : columns.bar.upperBound + 1
        let room = columns.end - first
        guard !note.isEmpty, room >= 4 else { return }
        let text = canvas.truncated(canvas.glyphs.rendered(note), to: room)
        canvas.text(text, columns.end - Text.width(of: text), row, style)
    }

    /// `○ 10:42:01.020 env a3 ─ init 327ms ─ node22 ────`
    private static func draw(
        _ event: LifecycleEvent,
        _ state: UIState,
        _ columns: ListColumns,
        row: Int,
        into canvas: inout Canvas
    ) {
        let look = StateLook(event, canvas.glyphs)
        let time = Format.time(event.time, offset: state.configuration.utcOffset)
        canvas.glyph(look.glyph, columns.start + 1, row, look.style)
        canvas.text(String(time.prefix(columns.time.count)), columns.time.lowerBound, row, .dim)
        let rule = String(Character(canvas.glyphs.rule))
        let text = event.parts.map(canvas.glyphs.rendered).joined(separator: " \(rule) ")
        let shown = canvas.truncated(text, to: columns.end - columns.state)
        let pen = canvas.text(shown + " ", columns.state, row, limit: columns.end, look.style)
        canvas.screen.fill(
            row: row,
            columns: min(pen, columns.end)..<columns.end,
            with: canvas.glyphs.rule,
            style: .dim
        )
    }
}

/// How a state looks: always a glyph, and a colour where someone should care.
struct StateLook {
    let glyph: Unicode.Scalar
    let style: Style
    /// Nothing to say about it: text stays plain.
    let isCalm: Bool

    init(_ state: InvocationState, _ glyphs: Glyphs) {
        switch state {
        case .inFlight: (self.glyph, self.style, self.isCalm) = (glyphs.inFlight, .inFlight, false)
        case .finished(.success): (self.glyph, self.style, self.isCalm) = (glyphs.fine, .plain, true)
        case .finished(.unobserved): (self.glyph, self.style, self.isCalm) = (glyphs.unknown, .dim, true)
        case .finished: (self.glyph, self.style, self.isCalm) = (glyphs.failed, .failed, false)
        }
    }

    /// Of what is over, though nobody said how it ended.
    static func unseen(_ glyphs: Glyphs) -> StateLook { StateLook(.finished(.unobserved), glyphs) }

    init(_ event: LifecycleEvent, _ glyphs: Glyphs) {
        switch event.emphasis {
        case .plain: (self.glyph, self.style) = (glyphs.lambda, .lambda)
        case .failed: (self.glyph, self.style) = (glyphs.failed, .failed)
        case .warning: (self.glyph, self.style) = (glyphs.warning, .warning)
        case .lmon: (self.glyph, self.style) = (glyphs.lmon, .lmon)
        }
        self.isCalm = false
    }
}
