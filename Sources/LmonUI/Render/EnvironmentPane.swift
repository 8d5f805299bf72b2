import LmonModel
import LmonRecord
import LmonScreen

/// What is known of the selected environment, under the lanes.
enum EnvironmentPane {
    static func drawTitle(_ state: UIState, _ area: Area, into canvas: inout Canvas) {
        guard case .environment(let status)? = state.list.selectedRow else { return canvas.rule([], in: area) }
        let look = EnvironmentLook(status, canvas.glyphs)
        var word = look.word
        switch status.state {
        case .initializing, .running, .frozen, .idle:
            if let latest = state.latest {
                word += " \(Format.duration(max(0, latest.milliseconds(since: status.since))))"
            }
        case .shutDown: break
        }
        var parts: [(String, Style)] = [
            ("env \(status.label) \(status.function)", .title), (word, look.isCalm ? .plain : look.style),
        ]
        parts.append((status.invocations == 1 ? "1 invocation" : "\(status.invocations) invocations", .plain))
        if status.failed > 0 { parts.append(("\(status.failed) failed", .failed)) }
        parts.append((Format.memory(used: status.memoryUsed, limit: status.memoryLimit), .plain))
        canvas.rule(parts, in: area)
    }

    static func draw(_ state: UIState, _ area: Area, into canvas: inout Canvas) {
        guard case .environment(let status)? = state.list.selectedRow else { return }
        let facts = EnvironmentText.facts(status, latest: state.latest)
        let events = EnvironmentText.events(status, latest: state.latest, offset: state.configuration.utcOffset)
        let start = area.columns.lowerBound + 3
        let end = area.columns.upperBound - 1
        guard area.columns.count >= 76 else {
            self.draw(facts + events, start..<end, area.rows, into: &canvas)
            return
        }
        let middle = start + (end - start) * 11 / 20
        self.draw(facts, start..<(middle - 2), area.rows, into: &canvas)
        self.draw(events, middle..<end, area.rows, into: &canvas)
    }

    private static func draw(_ lines: [TextLine], _ columns: Range<Int>, _ rows: Range<Int>, into canvas: inout Canvas)
    {
        for (offset, line) in lines.prefix(rows.count).enumerated() {
            let shown = TextLine(line.spans.map { .init(canvas.glyphs.rendered($0.text), $0.tone) })
            canvas.line(shown, columns.lowerBound, rows.lowerBound + offset, limit: columns.upperBound)
        }
    }

    /// The second of two lines, where there is no room for more.
    static func drawBrief(_ state: UIState, _ area: Area, row: Int, into canvas: inout Canvas) {
        guard case .environment(let status)? = state.list.selectedRow else { return }
        let parts = [
            "init \(Format.duration(status.initDuration))", status.runtime ?? Format.unknown,
            "\(status.lane.freezes) freezes",
        ]
        let text = canvas.glyphs.rendered(parts.joined(separator: " · "))
        canvas.text(canvas.truncated(text, to: area.columns.count - 4), area.columns.lowerBound + 3, row, .dim)
    }
}
