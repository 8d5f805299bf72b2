import LmonModel
import LmonScreen

extension UIState {
    mutating func handleInOverlay(_ key: Key) -> [UIEffect] {
        if key == .control("c") { return [.quit] }
        if key == .control("z") { return [.suspend] }
        switch self.overlay {
        case .search(let line): return self.handle(key, in: line)
        case .filter(let line): return self.handle(key, in: line)
        case .help(let scroll):
            self.handle(key, inHelpAt: scroll)
            return []
        case .copyMenu:
            self.overlay = nil
            guard case .character(let letter) = key, let target = CopyTarget(rawValue: letter) else { return [] }
            return self.copy(target)
        case .invoke(let dialog): return self.handle(key, in: dialog)
        case .comparison(let view):
            self.handle(key, in: view)
            return []
        case .exportMenu(let menu): return self.handle(key, in: menu)
        case .comment(let line): return self.handle(key, in: line)
        case .palette(let palette): return self.handle(key, in: palette)
        case .functions(let picker): return self.handle(key, in: picker)
        case nil: return []
        }
    }

    private mutating func handle(_ key: Key, inHelpAt scroll: Int) {
        let page = max(1, self.size.rows - 4)
        let last = HelpText.lastScroll(for: self.pane, self.size)
        var scroll = scroll
        switch KeyTable.command(for: key) {
        // The palette is the help to be searched.
        case .search, .palette: return self.openPalette()
        case .down: scroll += 1
        case .up: scroll -= 1
        case .pageDown, .halfPageDown: scroll += page
        case .pageUp, .halfPageUp: scroll -= page
        case .top: scroll = 0
        case .bottom: scroll = last
        default:
            self.overlay = nil
            return
        }
        self.overlay = .help(scroll: min(max(0, scroll), last))
    }

    /// Text that came in one piece: only where text is typed, so that a paste never acts as keys.
    mutating func typed(_ text: String) {
        switch self.overlay {
        case .search(var line):
            line.field.insert(String(text.prefix { !$0.isNewline }))
            self.overlay = .search(line)
        case .filter(var line):
            line.field.insert(String(text.prefix { !$0.isNewline }))
            line.choice = nil
            line.error = nil
            self.overlay = .filter(line)
        case .invoke(let dialog): self.paste(text, into: dialog)
        case .comment(var line):
            line.field.insert(String(text.prefix { !$0.isNewline }))
            self.overlay = .comment(line)
        case .palette(var palette):
            palette.field.insert(String(text.prefix { !$0.isNewline }))
            palette.chosen = 0
            self.overlay = .palette(palette)
        case .functions(var picker):
            picker.field.insert(String(text.prefix { !$0.isNewline }))
            picker.typed()
            self.overlay = .functions(picker)
        case .comparison, .help, .copyMenu, .exportMenu, nil: break
        }
    }
}

extension TextField {
    /// The keys of a line editor, as shells have them.
    mutating func handle(_ key: Key) {
        switch key {
        case .character(let character): self.insert(String(character))
        case .backspace: self.deleteBackward()
        case .delete: self.deleteForward()
        case .left, .control("b"): self.move(by: -1)
        case .right, .control("f"): self.move(by: 1)
        case .home, .control("a"): self.moveToStart()
        case .end, .control("e"): self.moveToEnd()
        case .control("u"): self.deleteToStart()
        case .control("w"): self.deleteWord()
        default: break
        }
    }
}
