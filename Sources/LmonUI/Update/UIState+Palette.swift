import LmonScreen

extension UIState {
    mutating func openPalette() {
        self.overlay = .palette(CommandPalette(functions: self.configuration.functions))
    }

    mutating func handle(_ key: Key, in palette: CommandPalette) -> [UIEffect] {
        var palette = palette
        let last = max(0, palette.entries.count - 1)
        switch key {
        case .escape:
            self.overlay = nil
            return []
        case .backspace where palette.field.text.isEmpty:
            self.overlay = nil
            return []
        case .enter: return self.choose(palette.chosenEntry)
        case .down, .tab, .control("n"): palette.chosen = min(palette.chosen + 1, last)
        case .up, .shiftTab, .control("p"): palette.chosen = max(palette.chosen - 1, 0)
        case .pageDown: palette.chosen = min(palette.chosen + PaletteOverlay.height(self.size), last)
        case .pageUp: palette.chosen = max(palette.chosen - PaletteOverlay.height(self.size), 0)
        default:
            palette.field.handle(key)
            palette.chosen = 0
        }
        self.overlay = .palette(palette)
        return []
    }

    mutating func choose(_ entry: CommandPalette.Entry?) -> [UIEffect] {
        guard let entry else { return [] }
        self.overlay = nil
        switch entry.action {
        case .command(let command): return self.perform(command)
        case .invoke(let function): return self.openInvokeDialog(for: function)
        }
    }

    // MARK: - The mouse

    mutating func toggleMouse() -> [UIEffect] {
        self.hasMouse.toggle()
        self.notice = Notice(
            text: self.hasMouse ? "The mouse is lmon's again." : "The mouse is the terminal's: it selects text.",
            isFailure: false
        )
        return [.setMouse(self.hasMouse)] + self.rememberEffects
    }
}
