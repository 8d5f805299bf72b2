import LmonModel
package import LmonScreen

extension UIState {
    /// The whole screen, drawn anew from the state; whoever paints it finds what has changed.
    package func render() -> Screen {
        var canvas = Canvas(size: self.size, glyphs: self.glyphs)
        guard let layout else {
            let smallest = Layout.smallest
            let text =
                "lmon needs \(smallest.columns)×\(smallest.rows), this is \(self.size.columns)×\(self.size.rows)"
            canvas.label(text, 0, 0)
            return canvas.screen
        }
        HeaderLine.draw(self, into: &canvas)
        if let row = layout.tabs { TabLine.draw(self, row: row, into: &canvas) }
        if let area = layout.list { ListPane.draw(self, area, header: layout.listHeader, into: &canvas) }
        if let area = layout.environmentTitle { EnvironmentPane.drawTitle(self, area, into: &canvas) }
        if let area = layout.environment { EnvironmentPane.draw(self, area, into: &canvas) }
        if let area = layout.statistics { StatisticsPane.draw(self, area, into: &canvas) }
        if let area = layout.brief { BriefPane.draw(self, area, into: &canvas) }
        if let area = layout.title { WaterfallPane.drawTitle(self, area, into: &canvas) }
        if let area = layout.waterfall { WaterfallPane.draw(self, area, into: &canvas) }
        if let area = layout.hint { WaterfallPane.drawHint(self, area, into: &canvas) }
        if let area = layout.lowerTitle { LowerPane.drawTitle(self, area, into: &canvas) }
        if let area = layout.lower { LowerPane.draw(self, area, into: &canvas) }
        if let column = layout.divider {
            for row in 2..<(self.size.rows - 2) { canvas.glyph(canvas.glyphs.axis, column, row, .dim) }
        }
        StatusLines.draw(self, layout, into: &canvas)
        switch self.overlay {
        case .help(let scroll): HelpOverlay.draw(self, scroll: scroll, into: &canvas)
        case .invoke(let dialog): InvokeOverlay.draw(self, dialog, into: &canvas)
        case .comparison(let view): ComparisonOverlay.draw(self, view, into: &canvas)
        case .palette(let palette): PaletteOverlay.draw(self, palette, into: &canvas)
        case .functions(let picker): FunctionOverlay.draw(self, picker, into: &canvas)
        case .search, .filter, .copyMenu, .exportMenu, .comment, nil: break
        }
        return canvas.screen
    }
}
