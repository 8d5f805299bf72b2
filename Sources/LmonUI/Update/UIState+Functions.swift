import LmonModel
import LmonScreen

/// Choosing a function: a filter on its name beside whatever else the filter asks.
extension UIState {
    mutating func openFunctionPicker() -> [UIEffect] {
        self.overlay = .functions(FunctionPicker(chosen: self.sight.filter?.chosenFunction))
        return [.loadFunctions]
    }

    mutating func receive(_ functions: [FunctionCount]) {
        guard case .functions(var picker)? = self.overlay else { return }
        picker.functions = functions
        // In whatever case the filter has it.
        if let name = picker.chosenName, !functions.contains(where: { $0.name == name }) {
            picker.chosenName = functions.first { $0.name.lowercased() == name.lowercased() }?.name
        }
        self.overlay = .functions(picker)
    }

    mutating func handle(_ key: Key, in picker: FunctionPicker) -> [UIEffect] {
        var picker = picker
        let page = FunctionOverlay.height(self.size)
        switch key {
        case .escape:
            self.overlay = nil
            return []
        case .backspace where picker.field.text.isEmpty:
            self.overlay = nil
            return []
        case .enter: return self.choose(picker.chosenEntry)
        case .down, .tab, .control("n"): picker.move(by: 1)
        case .up, .shiftTab, .control("p"): picker.move(by: -1)
        case .pageDown: picker.move(by: page)
        case .pageUp: picker.move(by: -page)
        default:
            let before = picker.field.text
            picker.field.handle(key)
            if picker.field.text != before { picker.typed() }
        }
        self.overlay = .functions(picker)
        return []
    }

    mutating func choose(_ entry: FunctionPicker.Entry?) -> [UIEffect] {
        guard let entry else { return [] }
        self.overlay = nil
        let filter = Filter.choosing(function: entry.name, in: self.sight.filter)
        guard filter != self.sight.filter else { return [] }
        return self.filter(by: filter?.description ?? "", filter)
    }
}
