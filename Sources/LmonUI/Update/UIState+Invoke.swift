import LmonJSON
import LmonModel
import LmonScreen

/// The dialog of `i`.
extension UIState {
    /// Events that the dialog remembers for each function.
    private static let remembered = 5

    /// For the function that is named, else for that of the selected row.
    mutating func openInvokeDialog(for name: String? = nil) -> [UIEffect] {
        let functions = self.configuration.functions
        guard !functions.isEmpty else {
            self.notice = Notice(text: self.configuration.cannotInvoke, isFailure: false)
            return []
        }
        let chosen = (name ?? self.selectedFunction).flatMap { functions.firstIndex(of: $0) } ?? 0
        return self.open(InvokeDialog(functions: functions, chosen: chosen, self.firstChoice(for: functions[chosen])))
    }

    /// Opens the dialog with an event that is to be looked at before it is sent.
    mutating func receive(_ draft: EventDraft) -> [UIEffect] {
        guard self.overlay == nil else { return [] }
        guard let chosen = self.configuration.functions.firstIndex(of: draft.function) else {
            self.notice = Notice(text: "\(draft.function) does not run here.", isFailure: false)
            return []
        }
        return self.open(InvokeDialog(functions: self.configuration.functions, chosen: chosen, draft.choice))
    }

    private mutating func open(_ dialog: InvokeDialog) -> [UIEffect] {
        self.show(dialog, choices: true)
        return [.loadEvents(function: dialog.function)]
    }

    private mutating func show(_ dialog: InvokeDialog, choices: Bool = false) {
        var dialog = dialog
        if choices { dialog.choices = self.choices(for: dialog.function) }
        let area = dialog.places(self.size).text
        dialog.editor.reveal(columns: area.columns.count, height: area.rows.count)
        self.overlay = .invoke(dialog)
    }

    /// What was sent last, else what the selected invocation got.
    private func firstChoice(for function: String) -> EventChoice {
        if let last = self.lastEvents[function]?.first { return EventChoice(.sent, last) }
        return self.selectedEvent(of: function) ?? EventChoice(.typed, "{}")
    }

    private func selectedEvent(of function: String) -> EventChoice? {
        guard let invocation = self.detail?.loaded?.invocation, invocation.function == function,
            let event = invocation.event, let text = event.text
        else { return nil }
        return EventChoice(.invocation(invocation.id), text, flaw: event.flaw)
    }

    private func choices(for function: String) -> [EventChoice] {
        let sent = (self.lastEvents[function] ?? []).map { EventChoice(.sent, $0) }
        return sent + [self.selectedEvent(of: function)].compactMap { $0 } + (self.events[function] ?? [])
    }

    mutating func receive(_ events: [EventChoice], for function: String) {
        self.events[function] = events
        guard case .invoke(let dialog)? = self.overlay, dialog.function == function else { return }
        self.show(dialog, choices: true)
    }

    mutating func edited(_ text: String?, for purpose: EditPurpose) {
        guard case .invoke(var dialog)? = self.overlay, purpose == .event, let text else { return }
        dialog.replace(text)
        self.show(dialog)
    }

    // MARK: - Keys

    mutating func handle(_ key: Key, in dialog: InvokeDialog) -> [UIEffect] {
        var dialog = dialog
        if let listed = dialog.listed {
            self.handle(key, inListAt: listed, &dialog)
            self.show(dialog)
            return []
        }
        switch key {
        case .escape:
            self.overlay = nil
            return []
        case .enter: return self.submit(dialog)
        case .tab, .shiftTab:
            let count = dialog.functions.count
            dialog.chosen = (dialog.chosen + (key == .tab ? 1 : -1) + count) % count
            dialog.take(self.firstChoice(for: dialog.function))
            return self.open(dialog)
        case .control("l"): dialog.listed = dialog.choices.isEmpty ? nil : 0
        case .control("t"): Self.tidy(&dialog)
        case .control("o"), .function(4): return [.edit(dialog.editor.text, .event)]
        default:
            let columns = dialog.places(self.size).text.columns.count
            if dialog.editor.handle(key, columns: columns) {
                dialog.isEdited = true
                dialog.error = nil
            }
        }
        self.show(dialog)
        return []
    }

    private func handle(_ key: Key, inListAt index: Int, _ dialog: inout InvokeDialog) {
        let last = dialog.choices.count - 1
        switch key {
        case .down, .character("j"), .control("n"): dialog.listed = min(index + 1, last)
        case .up, .character("k"), .control("p"): dialog.listed = max(index - 1, 0)
        case .home, .character("g"): dialog.listed = 0
        case .end, .character("G"): dialog.listed = last
        case .enter where dialog.choices.indices.contains(index): dialog.take(dialog.choices[index])
        case .escape, .control("l"), .character("q"): dialog.listed = nil
        default: break
        }
    }

    mutating func paste(_ text: String, into dialog: InvokeDialog) {
        guard dialog.listed == nil else { return }
        var dialog = dialog
        dialog.editor.insert(text)
        dialog.isEdited = true
        dialog.error = nil
        self.show(dialog)
    }

    // MARK: - Sending

    private mutating func submit(_ dialog: InvokeDialog) -> [UIEffect] {
        var dialog = dialog
        let text = dialog.editor.isBlank ? "{}" : dialog.editor.text
        guard Self.value(of: text, &dialog) != nil else {
            self.show(dialog)
            return []
        }
        self.overlay = nil
        let others = (self.lastEvents[dialog.function] ?? []).filter { $0 != text }
        self.lastEvents[dialog.function] = [text] + others.prefix(Self.remembered - 1)
        self.list.follow(height: self.listHeight)
        return [.invoke(function: dialog.function, event: text)]
    }

    /// Lambda refuses what is no JSON, so it is not sent: the dialog says where it is wrong, and the cursor goes there.
    private static func value(of text: String, _ dialog: inout InvokeDialog) -> JSONValue? {
        do throws(JSONError) {
            return try JSONValue(parsing: text)
        } catch {
            let before = String(decoding: text.utf8.prefix(error.offset), as: UTF8.self)
            let lines = before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let (row, column) = (lines.count - 1, lines.last?.count ?? 0)
            dialog.editor.move(toRow: row, column: column)
            dialog.error = "line \(row + 1) column \(column + 1): \(error)"
            return nil
        }
    }

    /// One member a line, or all on one line if that is how it is.
    private static func tidy(_ dialog: inout InvokeDialog) {
        let text = dialog.editor.text
        guard let value = self.value(of: text, &dialog) else { return }
        let pretty = JSONText.lines(text, limit: .max)?.map(\.text).joined(separator: "\n") ?? text
        let isPretty = pretty == text
        dialog.editor = TextEditor(isPretty ? String(decoding: value.bytes, as: UTF8.self) : pretty)
        dialog.error = nil
    }
}

extension TextEditor {
    /// The keys of a text editor, and those of a line editor as shells have them. True if the text may have changed.
    mutating func handle(_ key: Key, columns: Int) -> Bool {
        switch key {
        case .left, .control("b"): self.moveLeft()
        case .right, .control("f"): self.moveRight()
        case .up, .control("p"): self.moveVertically(by: -1, columns: columns)
        case .down, .control("n"): self.moveVertically(by: 1, columns: columns)
        case .pageUp: self.moveVertically(by: -10, columns: columns)
        case .pageDown: self.moveVertically(by: 10, columns: columns)
        case .home, .control("a"): self.moveToLineStart()
        case .end, .control("e"): self.moveToLineEnd()
        default: return self.type(key)
        }
        return false
    }

    private mutating func type(_ key: Key) -> Bool {
        switch key {
        case .character(let character): self.insert(String(character))
        case .control("j"): self.breakLine()
        case .backspace: self.deleteBackward()
        case .delete, .control("d"): self.deleteForward()
        case .control("u"): self.deleteToStart()
        case .control("k"): self.deleteToEnd()
        case .control("w"): self.deleteWord()
        default: return false
        }
        return true
    }
}
