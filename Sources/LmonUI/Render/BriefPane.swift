import LmonModel
import LmonScreen

/// Two lines about what is selected, where there is no room for more.
enum BriefPane {
    static func draw(_ state: UIState, _ area: Area, into canvas: inout Canvas) {
        let first = Area(columns: area.columns, rows: area.rows.lowerBound..<(area.rows.lowerBound + 1))
        if state.view == .environments {
            EnvironmentPane.drawTitle(state, first, into: &canvas)
            return EnvironmentPane.drawBrief(state, area, row: area.rows.lowerBound + 1, into: &canvas)
        }
        WaterfallPane.drawTitle(state, first, into: &canvas)
        guard let detail = state.detail?.loaded else { return }
        let row = area.rows.lowerBound + 1
        let end = area.columns.upperBound - 1
        if let call = detail.invocation.calls.first(where: \.isFailed) ?? detail.invocation.calls.first {
            let look = CallLook(call, canvas.glyphs)
            canvas.glyph(look.glyph, area.columns.lowerBound + 1, row, look.style)
            let text = [
                call.method ?? "–", call.status.map(String.init) ?? call.error?.code ?? "–",
                call.url.map { String($0.short) } ?? "",
            ].joined(separator: " ")
            canvas.text(canvas.truncatedURL(text, to: end - 3), area.columns.lowerBound + 3, row, look.style)
        } else {
            let hint = Area(columns: area.columns, rows: row..<(row + 1))
            WaterfallPane.drawHint(state, hint, into: &canvas)
        }
    }
}
