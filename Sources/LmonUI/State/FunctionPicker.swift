package import LmonModel
import LmonScreen

/// One function to be shown alone, or all of them again: what `p` shows.
package struct FunctionPicker: Hashable, Sendable {
    package enum Entry: Hashable, Sendable {
        case all
        case function(FunctionCount)

        /// Nil: all.
        package var name: String? {
            if case .function(let count) = self { count.name } else { nil }
        }
    }

    package internal(set) var field = TextField()
    /// The entry that the keys are on, by its name, which stays while others come.
    package internal(set) var chosenName: String?
    /// Nil until they were counted.
    package internal(set) var functions: [FunctionCount]?

    init(chosen: String?) { self.chosenName = chosen }

    /// All of them, and those whose name holds what was typed.
    package var entries: [Entry] {
        let wanted = self.field.text.lowercased()
        let found = (self.functions ?? []).filter { wanted.isEmpty || $0.name.lowercased().contains(wanted) }
        return (wanted.isEmpty ? [.all] : []) + found.map { .function($0) }
    }

    /// Where the keys are; where what they were on is gone, on the first.
    package var chosen: Int { self.entries.firstIndex { $0.name == self.chosenName } ?? 0 }

    package var chosenEntry: Entry? {
        let entries = self.entries
        return entries.indices.contains(self.chosen) ? entries[self.chosen] : nil
    }

    mutating func move(by steps: Int) {
        let entries = self.entries
        guard !entries.isEmpty else { return }
        self.chosenName = entries[min(max(0, self.chosen + steps), entries.count - 1)].name
    }

    /// On the first that matches.
    mutating func typed() { self.chosenName = self.entries.first?.name }
}
