/// Keys written as text, `jj<enter>/timeout<enter>^d`: one vocabulary for tests, bug reports and the help.
package enum KeyScript {
    private static let names: [(String, Key)] = [
        ("enter", .enter), ("esc", .escape), ("tab", .tab), ("shift-tab", .shiftTab), ("backspace", .backspace),
        ("delete", .delete), ("insert", .insert), ("up", .up), ("down", .down), ("left", .left), ("right", .right),
        ("home", .home), ("end", .end), ("pageup", .pageUp), ("pagedown", .pageDown), ("space", .character(" ")),
        ("lt", .character("<")), ("caret", .character("^")),
    ]

    /// Every character is its key; `<name>` is a named one, `^x` control and x. An unknown name is typed as it stands.
    package static func keys(_ script: String) -> [Key] {
        var keys: [Key] = []
        var rest = Substring(script)
        while let first = rest.popFirst() {
            if first == "<", let close = rest.firstIndex(of: ">"), let key = self.key(named: rest[..<close]) {
                keys.append(key)
                rest = rest[rest.index(after: close)...]
            } else if first == "^", let letter = rest.popFirst() {
                keys.append(.control(Character(letter.lowercased())))
            } else {
                keys.append(.character(first))
            }
        }
        return keys
    }

    /// What stands in a script as the name of a key, `<nokey>`, and is none.
    package static func unknownName(in script: String) -> String? {
        var rest = Substring(script)
        while let start = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: start)...]
            guard let end = rest.firstIndex(where: { !$0.isASCII || !($0.isLetter || $0.isNumber || $0 == "-") }),
                rest[end] == ">", end > rest.startIndex
            else { continue }
            if self.key(named: rest[..<end]) == nil { return "<\(rest[..<end])>" }
            rest = rest[rest.index(after: end)...]
        }
        return nil
    }

    private static func key(named name: Substring) -> Key? {
        if name.hasPrefix("f"), let number = Int(name.dropFirst()), (1...24).contains(number) {
            return .function(number)
        }
        return self.names.first { $0.0 == name }?.1
    }

    /// How a key is written in a script.
    package static func script(for key: Key) -> String {
        if let name = self.names.first(where: { $0.1 == key })?.0 { return "<\(name)>" }
        switch key {
        case .character(let character): return String(character)
        case .control(let letter): return "^\(letter)"
        case .alt(let character): return "<alt-\(character)>"
        case .function(let number): return "<f\(number)>"
        default: return "<\(key)>"
        }
    }
}
