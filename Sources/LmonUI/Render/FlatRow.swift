import LmonModel
import LmonScreen

/// Where a call or a log line stands in its list.
struct RowColumns {
    let function: Range<Int>
    let text: Int

    init(_ columns: ListColumns) {
        let width = columns.name.count
        self.function = columns.state..<(columns.state + width)
        self.text = self.function.upperBound + 1
    }
}

/// Rows of the lists of all calls and of all log lines.
enum FlatRow {
    static func draw(_ row: CallRow, _ state: UIState, _ columns: ListColumns, row line: Int, into canvas: inout Canvas)
    {
        let call = row.call
        let places = RowColumns(columns)
        let look = CallLook(call, canvas.glyphs)
        if let start = call.start {
            let time = Format.time(start, offset: state.configuration.utcOffset)
            canvas.text(String(time.prefix(columns.time.count)), columns.time.lowerBound, line, .dim)
        }
        canvas.text(canvas.truncated(row.function, to: places.function.count), places.function.lowerBound, line)
        canvas.glyph(look.glyph, places.text, line, look.style)
        let duration = Text.padded(Format.duration(call.duration), to: 7, .trailing)
        let end = columns.end - 7
        let method = Text.padded(call.method ?? "–", to: 4)
        let status = Text.padded(call.isFailed ? call.failureWord : call.status.map(String.init) ?? "–", to: 3)
        var pen = canvas.label("\(method) \(status) ", places.text + 2, line, limit: end, look.style)
        pen = canvas.text(
            canvas.truncatedURL(call.url.map { String($0.short) } ?? "", to: end - pen),
            pen,
            line,
            limit: end
        )
        canvas.label(duration, end, line)
    }

    static func draw(_ row: LogRow, _ state: UIState, _ columns: ListColumns, row line: Int, into canvas: inout Canvas)
    {
        let places = RowColumns(columns)
        let time = Format.time(row.line.time, offset: state.configuration.utcOffset)
        canvas.text(String(time.prefix(columns.time.count)), columns.time.lowerBound, line, .dim)
        canvas.text(canvas.truncated(row.function, to: places.function.count), places.function.lowerBound, line, .dim)
        canvas.line(LogLook.line(row.line, canvas.glyphs), places.text, line, limit: columns.end)
    }
}

struct CallLook {
    let glyph: Unicode.Scalar
    let style: Style

    init(_ call: Call, _ glyphs: Glyphs) {
        if call.isInFlight {
            (self.glyph, self.style) = (glyphs.inFlight, .inFlight)
        } else if call.isFailed {
            (self.glyph, self.style) = (glyphs.failed, .failed)
        } else if call.isRefused || call.isLate || (call.attempt ?? 1) > 1 {
            (self.glyph, self.style) = (glyphs.warning, .warning)
        } else {
            (self.glyph, self.style) = (glyphs.fine, .plain)
        }
    }
}

/// A row of a list as one line of text, to be copied.
enum RowText {
    static func line(_ row: Row, offset: Int) -> String {
        switch row {
        case .list(.invocation(let summary)):
            var state = "in flight"
            if case .finished(let status) = summary.state { state = "\(status)" }
            let parts = [
                Format.time(summary.time, offset: offset), summary.id.description, summary.function, state,
                Format.duration(summary.duration), "\(summary.calls) calls", summary.note ?? "",
            ]
            return parts.filter { !$0.isEmpty }.joined(separator: " ")
        case .list(.lifecycle(let event)):
            return ([Format.time(event.time, offset: offset)] + event.parts).joined(separator: " ")
        case .call(let row):
            let call = row.call
            return [call.method, call.url?.text, call.status.map(String.init) ?? call.error?.code].compactMap { $0 }
                .joined(separator: " ")
        case .log(let row): return row.line.json ?? row.line.text
        case .environment(let status): return "\(status.id) \(status.function) \(status.invocations) invocations"
        }
    }
}
