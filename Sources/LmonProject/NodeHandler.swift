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

    /// The export that is the handler: `handler`, else the first with "handler" in its name, else the only one. A module
    /// whose exports its text does not show, such as a bundle, is taken to export `handler`: Lambda's own default.
    static func export(in source: String) -> String? {
        let found = NodeExports(source)
        if found.names.contains("handler") { return "handler" }
        if let name = found.names.first(where: { $0.lowercased().contains("handler") }) { return name }
        if found.names.count == 1 { return found.names[0] }
        return found.names.isEmpty && found.hasOthers ? "handler" : nil
    }
}
