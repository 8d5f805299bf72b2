import LmonModel
import LmonScreen

/// A row of the list of environments.
enum LaneRow {
    static func drawHeader(_ state: UIState, _ area: Area, row: Int, into canvas: inout Canvas) {
        let columns = LaneColumns(state, area)
        canvas.text("env", columns.state, row, .dim)
        canvas.text(canvas.truncated("function", to: columns.name.count), columns.name.lowerBound, row, .dim)
        if let window = state.laneWindow {
            for (column, text) in LaneColumns.ticks(window, in: columns.bar, offset: state.configuration.utcOffset) {
                canvas.text(text, column, row, .dim)
            }
        }
        if !columns.memory.isEmpty { self.right("MB", columns.memory, row, .dim, into: &canvas) }
        self.right("inv", columns.count, row, .dim, into: &canvas)
        canvas.glyph(canvas.glyphs.failed, columns.failed.upperBound - 1, row, .dim)
    }

    static func draw(_ status: EnvironmentStatus, _ state: UIState, _ area: Area, row: Int, into canvas: inout Canvas) {
        let columns = LaneColumns(state, area)
        let look = EnvironmentLook(status, canvas.glyphs)
        canvas.glyph(look.glyph, columns.state, row, look.style)
        canvas.text(canvas.truncated(status.label, to: 2), columns.label, row, look.isCalm ? .plain : look.style)
        canvas.text(canvas.truncated(status.function, to: columns.name.count), columns.name.lowerBound, row)
        if let window = state.laneWindow, let latest = state.latest {
            let bar = LaneBar(status.lane, columns: columns.bar.count, window, latest: latest, canvas.glyphs)
            bar.draw(in: columns.bar, row: row, into: &canvas)
        }
        if !columns.memory.isEmpty {
            let memory = Format.memory(used: status.memoryUsed, limit: status.memoryLimit)
            self.right(
                memory.hasSuffix(" MB") ? String(memory.dropLast(3)) : memory,
                columns.memory,
                row,
                into: &canvas
            )
        }
        self.right(Self.short(status.invocations), columns.count, row, into: &canvas)
        let failed = status.failed
        self.right(failed > 999 ? "++" : "\(failed)", columns.failed, row, failed > 0 ? .failed : .dim, into: &canvas)
    }

    private static func short(_ count: Int) -> String { count < 100_000 ? "\(count)" : "\(count / 1000)k" }

    private static func right(
        _ text: String,
        _ columns: Range<Int>,
        _ row: Int,
        _ style: Style = .plain,
        into canvas: inout Canvas
    ) {
        canvas.label(Text.padded(text, to: columns.count, .trailing), columns.lowerBound, row, style)
    }
}

/// How an environment's state looks.
struct EnvironmentLook {
    let glyph: Unicode.Scalar
    let style: Style
    let isCalm: Bool
    let word: String

    init(_ status: EnvironmentStatus, _ glyphs: Glyphs) {
        switch status.state {
        case .initializing:
            (self.glyph, self.style, self.isCalm, self.word) = (glyphs.inFlight, .inFlight, false, "initialising")
        case .running: (self.glyph, self.style, self.isCalm, self.word) = (glyphs.inFlight, .inFlight, false, "running")
        case .idle: (self.glyph, self.style, self.isCalm, self.word) = (glyphs.lambda, .lambda, true, "idle")
        case .frozen: (self.glyph, self.style, self.isCalm, self.word) = (glyphs.waiting, .dim, true, "frozen")
        case .shutDown(let reason):
            self.word = reason.map { "shut down (\($0))" } ?? "shut down"
            let isBad = status.endedBadly
            (self.glyph, self.style) = isBad ? (glyphs.failed, .failed) : (glyphs.times, .dim)
            self.isCalm = !isBad
        }
    }
}
