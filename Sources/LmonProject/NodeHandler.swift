/// Where Node functions keep their handler. Pure: works on names and text.
enum NodeHandler {
    /// In the order in which Node and Lambda look.
    static let extensions = ["js", "mjs", "cjs", "ts", "mts", "cts"]

    /// `src/app.handlers.get` → `src/app` and `handlers.get`: the file's name ends at the first dot after the last slash.
    static func split(_ handler: String) -> (module: String, export: String)? {
        let folder = handler.lastIndex(of: "/").map { handler[...$0] } ?? ""
        let last = handler.dropFirst(folder.count)
        guard let dot = last.firstIndex(of: "."), dot != last.startIndex else { return nil }
        let export = last[last.index(after: dot)...]
        return export.isEmpty ? nil : (String(folder + last[..<dot]), String(export))
    }

    /// Where a folder's handler may be, best first. `main` is what its package.json says.
    static func candidates(main: String?) -> [String] {
        let names = [
            "index.mjs", "index.js", "index.cjs", "index.ts", "app.mjs", "app.js", "app.ts", "handler.mjs",
            "handler.js",
        ]
        return (main.map { [Path.normalize($0), "\(Path.normalize($0)).js"] } ?? []) + names + names.map { "src/\($0)" }
    }

    /// The export that is the handler: `handler`, else the first with "handler" in its name, else the only one.
    static func export(in source: String) -> String? {
        let names = Self.exports(in: source)
        if names.contains("handler") { return "handler" }
        return names.first { $0.lowercased().contains("handler") } ?? (names.count == 1 ? names.first : nil)
    }

    /// Names that a module exports, as far as its text shows it.
    static func exports(in source: String) -> [String] {
        var names: [String] = []
        for line in source.split(whereSeparator: \.isNewline) {
            let words = Self.words(line)
            if words.first == "export" { names += Self.exported(words.dropFirst()) }
            names += Self.assigned(words)
        }
        return names.reduce(into: []) { unique, name in
            if !unique.contains(name) { unique.append(name) }
        }
    }

    /// `async function NAME`, `const NAME =`, `{ a, b as NAME }`.
    private static func exported(_ words: ArraySlice<Substring>) -> [String] {
        var rest = words
        if rest.first == "{" {
            let inside = rest.dropFirst().prefix { $0 != "}" }
            return inside.split(separator: ",").compactMap { $0.last.map(String.init) }
        }
        let kinds: Set<Substring> = ["async", "function", "const", "let", "var", "*"]
        guard let first = rest.first, kinds.contains(first) else { return [] }
        while let word = rest.first, kinds.contains(word) { rest.removeFirst() }
        return rest.first.map { [String($0)] } ?? []
    }

    /// `exports.NAME =`, `module.exports.NAME =`, `module.exports = { NAME, … }`.
    private static func assigned(_ words: [Substring]) -> [String] {
        var rest = words[...]
        if rest.starts(with: ["module", "."]) { rest = rest.dropFirst(2) }
        guard rest.first == "exports" else { return [] }
        rest = rest.dropFirst()
        if rest.count >= 3, rest.first == ".", rest.dropFirst(2).first == "=" {
            return rest.dropFirst().first.map { [String($0)] } ?? []
        }
        guard rest.starts(with: ["=", "{"]) else { return [] }
        let inside = rest.dropFirst(2).prefix { $0 != "}" }
        return inside.split(separator: ",").compactMap { $0.first.map(String.init) }
    }

    /// Identifiers, and every other visible character by itself. A comment is no code.
    private static func words(_ line: Substring) -> [Substring] {
        var words: [Substring] = []
        var rest = line.drop(while: \.isWhitespace)
        while let first = rest.first, !rest.hasPrefix("//"), words.count < 64 {
            let isName = { (character: Character) in
                character.isLetter || character.isNumber || "_$".contains(character)
            }
            let word = isName(first) ? rest.prefix(while: isName) : rest.prefix(1)
            words.append(word)
            rest = rest.dropFirst(word.count).drop(while: \.isWhitespace)
        }
        return words
    }
}
