/// Where Python functions keep their handler. Pure: works on names and text.
enum PythonHandler {
    static let fileExtension = "py"

    /// Where a folder's handler may be, best first.
    static let candidates: [String] = {
        let names = ["lambda_function.py", "app.py", "handler.py", "main.py", "index.py"]
        return names + names.map { "src/\($0)" }
    }()

    /// `src/app.lambda_handler` → `src/app` and `lambda_handler`; dots lead into packages, as slashes do.
    static func split(_ handler: String) -> (module: String, function: String)? {
        guard let dot = handler.lastIndex(of: "."), dot != handler.startIndex else { return nil }
        let function = handler[handler.index(after: dot)...]
        guard !function.isEmpty, !function.contains("/") else { return nil }
        let module = handler[..<dot].map { $0 == "." ? "/" : String($0) }.joined()
        return (module, String(function))
    }

    /// The function that is the handler: `lambda_handler`, `handler`, else the first at the file's top level that takes two
    /// arguments and has "handler" in its name.
    static func function(in source: String) -> String? {
        let names = source.split(separator: "\n").compactMap { Self.definedName(in: $0) }
        for name in ["lambda_handler", "handler"] where names.contains(name) { return name }
        return names.first { $0.lowercased().contains("handler") }
    }

    /// What a line at the top level defines or names: `def f(`, `async def f(`, `f = …`.
    private static func definedName(in line: Substring) -> String? {
        var rest = line
        for word in ["async ", "def "] where rest.hasPrefix(word) { rest = rest.dropFirst(word.count) }
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        guard !name.isEmpty, line.first?.isWhitespace == false else { return nil }
        let after = rest.dropFirst(name.count).drop { $0 == " " }
        let isDefinition = rest.count < line.count && after.first == "("
        return isDefinition || (after.first == "=" && after.dropFirst().first != "=") ? String(name) : nil
    }
}
