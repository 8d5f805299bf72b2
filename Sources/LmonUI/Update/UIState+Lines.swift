import LmonModel
import LmonScreen

/// The lines of `/` and `f`.
extension UIState {
    mutating func handle(_ key: Key, in line: SearchLine) -> [UIEffect] {
        var line = line
        switch key {
        case .escape: self.overlay = nil
        case .backspace where line.field.text.isEmpty: self.overlay = nil
        case .enter: return self.search(for: line.field.text)
        default:
            if !self.recalled(key, self.searches, &line.place, &line.field) { line.field.handle(key) }
            self.overlay = .search(line)
        }
        return []
    }

    /// An empty text looks for the last one again.
    private mutating func search(for typed: String) -> [UIEffect] {
        self.overlay = nil
        let text = typed.isEmpty ? self.search?.text ?? self.searches.lines.first ?? "" : typed
        guard !text.isEmpty else { return [] }
        self.search = Search(text: text)
        let effects = self.remember(text, in: \.searches)
        if self.pane == .lower {
            self.findInPane(forward: true)
            return effects
        }
        return effects + self.find(text, forward: true)
    }

    mutating func handle(_ key: Key, in line: FilterLine) -> [UIEffect] {
        var line = line
        switch key {
        case .escape: self.overlay = nil
        case .backspace where line.field.text.isEmpty: self.overlay = nil
        case .enter: return self.enter(line)
        case .tab, .shiftTab:
            line.complete(self.wordsForFilter, forward: key == .tab)
            self.overlay = .filter(line)
        default:
            if !self.recalled(key, self.filters, &line.place, &line.field) { line.field.handle(key) }
            line.choice = nil
            line.error = nil
            self.overlay = .filter(line)
        }
        return []
    }

    private mutating func enter(_ line: FilterLine) -> [UIEffect] {
        let text = line.field.text
        guard text.contains(where: { !$0.isWhitespace }) else {
            self.overlay = nil
            return self.filter == nil ? [] : self.filter(by: "", nil)
        }
        do throws(FilterError) {
            let filter = try Filter(text)
            self.overlay = nil
            return self.filter(by: text, filter) + self.remember(text, in: \.filters)
        } catch {
            var line = line
            line.error = error
            line.choice = nil
            line.field.moveToStart()
            line.field.move(
                by: String(String.UnicodeScalarView(text.unicodeScalars.prefix(error.column - 1))).count
            )
            self.overlay = .filter(line)
        }
        return []
    }

    /// Whether a key goes through what was typed before; then it has.
    private func recalled(
        _ key: Key,
        _ history: History,
        _ place: inout HistoryPlace,
        _ field: inout TextField
    ) -> Bool {
        switch key {
        case .up, .control("p"): _ = place.recall(history, older: true, into: &field)
        case .down, .control("n"): _ = place.recall(history, older: false, into: &field)
        default: return false
        }
        return true
    }

    private mutating func remember(_ text: String, in history: WritableKeyPath<UIState, History>) -> [UIEffect] {
        let before = self[keyPath: history]
        self[keyPath: history].note(text)
        return self[keyPath: history] == before ? [] : self.rememberEffects
    }
}
