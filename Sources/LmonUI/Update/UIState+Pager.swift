import LmonModel
import LmonScreen

extension UIState {
    /// The lower pane's text, all of it and not wrapped, for the user's pager.
    mutating func page() -> [UIEffect] {
        guard let detail, detail.loaded != nil else {
            self.notice = Notice(text: "Nothing to page here: select an invocation.", isFailure: false)
            return []
        }
        let lines = DetailText.lines(
            detail,
            height: .max,
            columns: 80,
            offset: self.configuration.utcOffset,
            isOverdue: self.isDetailOverdue
        )
        // A pager may pass on what it is given, so it is given nothing that drives a terminal.
        let text = lines.map { Text.sanitised($0.text) }.joined(separator: "\n")
        guard !text.isEmpty else {
            self.notice = Notice(text: "Nothing to page here.", isFailure: false)
            return []
        }
        return [.page(text)]
    }
}
