import LmonModel
import LmonScreen

/// The dialog of `i`: which function, which event.
package struct InvokeDialog: Hashable, Sendable {
    package internal(set) var functions: [String]
    package internal(set) var chosen: Int
    package internal(set) var editor: TextEditor
    package internal(set) var origin: EventChoice.Origin
    package internal(set) var isEdited = false
    /// Events that can be taken instead.
    package internal(set) var choices: [EventChoice] = []
    /// The list of events is open, and stands here.
    package internal(set) var listed: Int?
    /// Why the event was not sent; the cursor stands there.
    package internal(set) var error: String?
    /// What the event lacks of the one that came.
    package internal(set) var flaw: String?

    init(functions: [String], chosen: Int, _ choice: EventChoice) {
        self.functions = functions
        self.chosen = chosen
        self.editor = TextEditor(choice.text)
        self.origin = choice.origin
        self.flaw = choice.flaw
    }

    package var function: String { self.functions[self.chosen] }

    mutating func take(_ choice: EventChoice) {
        self.editor = TextEditor(choice.text)
        self.origin = choice.origin
        self.flaw = choice.flaw
        self.isEdited = false
        self.listed = nil
        self.error = nil
    }

    /// What came back from an editor.
    mutating func replace(_ text: String) {
        var text = text
        // Editors end the last line; that is no part of the event.
        if text.last?.isNewline == true { text.removeLast() }
        guard text != self.editor.text else { return }
        self.editor = TextEditor(text)
        self.isEdited = true
        self.error = nil
    }

    /// Where its parts are on a screen of this size.
    struct Places {
        let box: Area
        let text: Area
        let function: Int
        let event: Int
        let note: Int?
        let keys: Int

        init(_ size: Screen.Size, hasNote: Bool) {
            let size = size.drawable
            let width = min(size.columns - 2, max(76, min(110, size.columns * 3 / 4)))
            let height = min(size.rows - 2, max(12, size.rows * 3 / 5))
            let column = (size.columns - width) / 2
            let row = max(1, (size.rows - height) / 2)
            self.box = Area(columns: column..<(column + width), rows: row..<(row + height))
            self.function = row + 1
            self.event = row + 2
            self.keys = row + height - 2
            self.note = hasNote ? self.keys - 1 : nil
            self.text = Area(columns: (column + 2)..<(column + width - 2), rows: (row + 3)..<(self.note ?? self.keys))
        }
    }

    func places(_ size: Screen.Size) -> Places { Places(size, hasNote: self.error != nil || self.flaw != nil) }
}
