import LmonModel
import LmonRecord
import LmonScreen

/// What a row of the waterfall has on the axis: its parts, each with its glyph, and marks where it goes on outside.
enum WaterfallBar {
    static func draw(
        _ content: WaterfallRow,
        _ detail: InvocationDetail,
        _ columns: WaterfallColumns,
        row: Int,
        _ look: WaterfallLook,
        into canvas: inout Canvas
    ) {
        guard let start = content.start, !columns.bar.isEmpty else { return }
        let end = content.end ?? columns.now
        let isOutside = self.drawOutside(start, end, columns, row, look, into: &canvas)
        if !isOutside { self.drawInside(content, start, end, columns, row, look, into: &canvas) }
        if content.id == .handler, content.end == nil, !columns.isOverdue {
            self.drawRemaining(detail, columns, row, look, into: &canvas)
        }
        if content.isLate {
            for freeze in detail.freezes {
                let (from, to) = (max(start, freeze.lowerBound), min(end, freeze.upperBound))
                self.fill(from, to, with: canvas.glyphs.frozen, columns, row, .dim, into: &canvas)
            }
            self.drawEnding(detail, columns, row, into: &canvas)
        }
        if content.id == .handler || detail.id.isInitialization && content.id == .initialization {
            self.drawLogs(detail, columns, row, into: &canvas)
        }
    }

    /// True if nothing of it is on the part of the axis that is shown: a mark says on which side it is.
    private static func drawOutside(
        _ start: Double,
        _ end: Double,
        _ columns: WaterfallColumns,
        _ row: Int,
        _ look: WaterfallLook,
        into canvas: inout Canvas
    ) -> Bool {
        if columns.place(start) > Double(columns.bar.count) + 0.01 {
            canvas.glyph(canvas.glyphs.after, columns.bar.upperBound - 1, row, look.barStyle)
            return true
        }
        guard columns.place(end) < -0.01 else { return false }
        canvas.glyph(canvas.glyphs.before, columns.bar.lowerBound, row, look.barStyle)
        return true
    }

    private static func drawInside(
        _ content: WaterfallRow,
        _ start: Double,
        _ end: Double,
        _ columns: WaterfallColumns,
        _ row: Int,
        _ look: WaterfallLook,
        into canvas: inout Canvas
    ) {
        var solid = start
        for segment in content.segments where segment.kind != .transfer {
            let glyph = canvas.glyphs.glyph(of: segment.kind)
            self.fill(segment.start, segment.end, with: glyph, columns, row, look.style, into: &canvas)
            solid = max(solid, segment.end)
        }
        let hasTransfer = content.segments.contains { $0.kind == .transfer }
        if case .call = content.id, content.end == nil, !hasTransfer {
            self.fill(solid, end, with: canvas.glyphs.waiting, columns, row, look.style, into: &canvas)
        } else {
            let limit = Double(columns.bar.count)
            let (from, to) = (max(0, columns.place(solid)), min(limit, columns.place(end)))
            // A part that is over before what is shown begins leaves nothing to draw.
            if to >= 0 {
                Bar.draw(
                    from,
                    max(from, to),
                    in: columns.bar,
                    row: row,
                    style: look.barStyle,
                    isOpen: content.end == nil,
                    into: &canvas
                )
            }
        }
        if columns.place(start) < -0.5 {
            canvas.glyph(canvas.glyphs.before, columns.bar.lowerBound, row, look.barStyle)
        }
        if columns.place(end) > Double(columns.bar.count) + 0.5 {
            canvas.glyph(canvas.glyphs.after, columns.bar.upperBound - 1, row, look.barStyle)
        }
    }

    private static func fill(
        _ start: Double,
        _ end: Double,
        with glyph: Unicode.Scalar,
        _ columns: WaterfallColumns,
        _ row: Int,
        _ style: Style,
        into canvas: inout Canvas
    ) {
        let (first, last) = (columns.place(start), columns.place(end))
        guard first.isFinite, last.isFinite, last > first else { return }
        let count = Double(columns.bar.count)
        let from = Int(min(max(0, first), count))
        let to = max(from, Int(min(max(0, last), count).rounded()))
        for column in from..<min(to, columns.bar.count) {
            canvas.glyph(glyph, columns.bar.lowerBound + column, row, style)
        }
    }

    /// The time that a running invocation has left, as far as the axis goes.
    private static func drawRemaining(
        _ detail: InvocationDetail,
        _ columns: WaterfallColumns,
        _ row: Int,
        _ look: WaterfallLook,
        into canvas: inout Canvas
    ) {
        guard let deadline = detail.invocation.deadline else { return }
        let end = deadline.milliseconds(since: detail.invocation.time)
        self.fill(columns.now, end, with: canvas.glyphs.remaining, columns, row, look.style, into: &canvas)
        if columns.place(end) > Double(columns.bar.count) + 0.5 {
            canvas.glyph(canvas.glyphs.after, columns.bar.upperBound - 1, row, look.style)
        }
    }

    /// Where the invocation had ended that this call outlived: from there on the environment may have stood still.
    private static func drawEnding(
        _ detail: InvocationDetail,
        _ columns: WaterfallColumns,
        _ row: Int,
        into canvas: inout Canvas
    ) {
        guard let over = detail.invocation.handlerEnd ?? detail.invocation.end else { return }
        let place = columns.place(over.milliseconds(since: detail.invocation.time))
        guard place >= 0, place < Double(columns.bar.count) else { return }
        canvas.glyph(canvas.glyphs.ending, columns.bar.lowerBound + Int(place), row, .warning)
    }

    private static func drawLogs(
        _ detail: InvocationDetail,
        _ columns: WaterfallColumns,
        _ row: Int,
        into canvas: inout Canvas
    ) {
        guard columns.bar.count >= 12 else { return }
        for log in detail.invocation.logs.prefix(1_000) where log.source == .function {
            let place = columns.place(log.time.milliseconds(since: detail.invocation.time))
            guard place >= 0, place < Double(columns.bar.count) else { continue }
            let level = log.level ?? .info
            let style: Style = level >= .error ? .failed : level == .warn ? .warning : .dim
            let column = columns.bar.lowerBound + Int(place)
            // Of several in one column the worst is shown.
            let isWorse = canvas.screen[column, row].style.role == .failed && style != .failed
            if !isWorse || canvas.screen[column, row].scalar != canvas.glyphs.tick {
                canvas.glyph(canvas.glyphs.tick, column, row, style)
            }
        }
    }
}

extension Glyphs {
    func glyph(of kind: WaterfallRow.Segment.Kind) -> Unicode.Scalar {
        switch kind {
        case .dns: self.dns
        case .connect: self.connect
        case .tls: self.tls
        case .waiting: self.waiting
        case .transfer: self.transfer
        }
    }
}
