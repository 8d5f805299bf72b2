import LmonModel
import LmonScreen

extension UIState {
    /// With the one that is marked, if one is and it is another; else with the run before.
    mutating func diff() -> [UIEffect] {
        guard let id = self.detail?.id, !id.isInitialization else {
            self.notice = Notice(text: "Select an invocation to compare.", isFailure: false)
            return []
        }
        return [.compare(id, with: self.marked(otherThan: id))]
    }

    mutating func receive(_ comparison: Comparison?) {
        guard let comparison else {
            self.notice = Notice(text: "No earlier run to compare with: m marks one.", isFailure: false)
            return
        }
        guard self.overlay == nil else { return }
        self.overlay = .comparison(ComparisonView(comparison, offset: self.configuration.utcOffset))
    }

    mutating func handle(_ key: Key, in view: ComparisonView) {
        let area = ComparisonOverlay.text(self.size)
        let page = max(1, area.rows.count - 1)
        let last = max(0, view.wrapped(area.columns.count).count - area.rows.count)
        var view = view
        switch KeyTable.command(for: key) {
        case .down: view.scroll += 1
        case .up: view.scroll -= 1
        case .pageDown: view.scroll += page
        case .pageUp: view.scroll -= page
        case .halfPageDown: view.scroll += page / 2
        case .halfPageUp: view.scroll -= page / 2
        case .top: view.scroll = 0
        case .bottom: view.scroll = last
        case .out, .back, .diff:
            self.overlay = nil
            return
        default: break
        }
        view.scroll = min(max(0, view.scroll), last)
        self.overlay = .comparison(view)
    }
}
