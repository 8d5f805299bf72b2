import LmonModel
import LmonScreen

extension UIState {
    mutating func openExportMenu() { self.overlay = .exportMenu(ExportMenu()) }

    mutating func handle(_ key: Key, in menu: ExportMenu) -> [UIEffect] {
        self.overlay = nil
        guard case .character(let letter) = key else { return [] }
        guard let format = menu.format else {
            if let chosen = ExportMenu.formats.first(where: { $0.key == letter })?.format {
                self.overlay = .exportMenu(ExportMenu(format: chosen))
            }
            return []
        }
        switch letter {
        case "a": return [.export(format, .shown)]
        case "i":
            guard let id = self.detail?.id else { return self.sayNothing("No invocation here.") }
            return [.export(format, .invocation(id))]
        case "c":
            guard let id = self.detail?.id, let call = self.detail?.selectedCall else {
                return self.sayNothing("No call is selected: Enter leads to the waterfall.")
            }
            return [.export(format, .call(id, call.id))]
        default: return []
        }
    }

    private mutating func sayNothing(_ text: String) -> [UIEffect] {
        self.notice = Notice(text: text, isFailure: false)
        return []
    }

    // MARK: - Comments

    mutating func openComment() {
        guard let id = self.detail?.id else {
            self.notice = Notice(text: "Select an invocation to comment.", isFailure: false)
            return
        }
        self.overlay = .comment(CommentLine(id: id, field: TextField(self.comments[id] ?? "")))
    }

    mutating func handle(_ key: Key, in line: CommentLine) -> [UIEffect] {
        switch key {
        case .escape:
            self.overlay = nil
            return []
        case .enter:
            self.overlay = nil
            let text = line.field.text.trimmed
            guard text != self.comments[line.id] ?? "" else { return [] }
            self.comments[line.id] = text.isEmpty ? nil : text
            return [.comment(line.id, text.isEmpty ? nil : text)]
        default:
            var line = line
            line.field.handle(key)
            self.overlay = .comment(line)
            return []
        }
    }
}

extension String {
    /// Without blanks at its ends.
    fileprivate var trimmed: String {
        let head = self.drop { $0.isWhitespace }
        let count = head.reversed().prefix { $0.isWhitespace }.count
        return String(head.dropLast(count))
    }
}
