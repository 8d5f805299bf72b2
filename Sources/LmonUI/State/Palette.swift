import LmonScreen

/// Every command by its name: what `:` shows.
package struct CommandPalette: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        case command(Command)
        /// The invoke dialog for this function.
        case invoke(String)
    }

    package struct Entry: Hashable, Sendable {
        package let action: Action
        /// `only marked`
        package let name: String
        package let help: String
        /// `M`; empty if no key leads there at once.
        package let key: String
    }

    package internal(set) var field = TextField()
    package internal(set) var chosen = 0
    let functions: [String]

    init(functions: [String]) {
        self.functions = functions
    }

    /// What matches, the best first.
    package var entries: [Entry] {
        let text = self.field.text
        let scored = Self.all(self.functions).enumerated().compactMap { index, entry in
            entry.score(text).map { (entry, $0, index) }
        }
        return scored.sorted { ($0.1, -$0.2) > ($1.1, -$1.2) }.map(\.0)
    }

    package var chosenEntry: Entry? {
        let entries = self.entries
        return entries.indices.contains(self.chosen) ? entries[self.chosen] : nil
    }

    private static func all(_ functions: [String]) -> [Entry] {
        // What one does first; who moves knows the keys.
        [Command.Group.act, .find, .window, .move].flatMap { group in
            KeyTable.bindings.filter { $0.group == group }
        }.map { binding in
            Entry(
                action: .command(binding.command),
                name: self.words("\(binding.command)"),
                help: binding.help,
                key: binding.label
            )
        }
            + functions.prefix(200).map { name in
                Entry(action: .invoke(name), name: "invoke \(Text.sanitised(name))", help: "send it an event", key: "")
            }
    }

    /// `onlyMarked` → `only marked`
    private static func words(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
    }
}

extension CommandPalette.Entry {
    /// How well it answers what was typed; nil if it does not. The name counts more than the help.
    func score(_ text: String) -> Int? {
        let text = text.lowercased().filter { $0 != " " }
        guard !text.isEmpty else { return 0 }
        if let name = Self.score(text, in: self.name) { return name + 1000 }
        let words = Self.score(text, in: self.help)
        // Letters scattered over a sentence are no match.
        return words.flatMap { $0 >= text.count * 3 ? $0 : nil }
    }

    /// Its letters in order: more for each that begins a word or follows the one before.
    private static func score(_ text: String, in candidate: String) -> Int? {
        let wanted = Array(text)
        let given = Array(candidate.lowercased())
        var score = 0
        var next = 0
        var last = -2
        for (index, letter) in given.enumerated() where next < wanted.count && letter == wanted[next] {
            let begins = index == 0 || given[index - 1] == " "
            score += index == last + 1 ? 5 : begins ? 4 : 1
            last = index
            next += 1
        }
        return next == wanted.count ? score : nil
    }
}
