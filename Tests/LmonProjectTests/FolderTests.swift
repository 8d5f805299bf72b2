import Testing

@testable import LmonProject

@Suite struct FolderTests {
    private static let source = "export const handler = async () => 1"

    @Test(arguments: [
        (["/p/index.mjs"], "index.handler", "/p/index.mjs"),
        (["/p/app.js", "/p/index.js"], "index.handler", "/p/index.js"),
        (["/p/handler.js"], "handler.handler", "/p/handler.js"),
        (["/p/src/index.ts"], "src/index.handler", "/p/src/index.ts"),
        (["/p/src/app.mjs", "/p/lib/x.js"], "src/app.handler", "/p/src/app.mjs"),
        (["/p/index.ts", "/p/index.mjs"], "index.handler", "/p/index.mjs"),
    ])
    func findsTheHandlerOfAFolder(paths: [String], handler: String, file: String) throws {
        let project = try discover(Dictionary(uniqueKeysWithValues: paths.map { ($0, Self.source) }))
        let function = try #require(project.functions.first)
        #expect(function.handler == Sourced(handler, SourcePlace(path: file)))
        #expect(function.handlerFile == file)
        #expect(function.name.value == "p")
        #expect(function.codeFolder.value == "/p")
        #expect(function.runtime.value == "nodejs")
        #expect(function.timeoutSeconds.value == 30)
        #expect(function.memoryMB.value == 512)
        #expect(project.warnings.isEmpty)
    }

    @Test(arguments: ["./lib/main.js", "lib/main.js", "lib/main"])
    func packageJSONNamesTheFile(main: String) throws {
        let project = try discover([
            "/p/package.json": #"{"name":"x","main":"\#(main)"}"#, "/p/lib/main.js": "exports.handler = () => 1",
            "/p/index.js": Self.source,
        ])
        #expect(project.functions.first?.handler.value == "lib/main.handler")
    }

    @Test func aPackageJSONThatIsBrokenOrNamesNothingIsNoObstacle() throws {
        for text in ["{", "[]", #"{"main":7}"#, #"{"main":"gone.js"}"#] {
            let project = try discover(["/p/package.json": text, "/p/index.js": Self.source])
            #expect(project.functions.first?.handler.value == "index.handler")
        }
    }

    @Test(arguments: [
        ("export const handler = 1", "handler"),
        ("export async function handler(event) {", "handler"),
        ("export function handler(event) {", "handler"),
        ("  exports.handler = async (event) => {", "handler"),
        ("module.exports.handler = x", "handler"),
        ("module.exports = { handler, other };", "handler"),
        ("module.exports = { handler: run }", "handler"),
        ("export { a, b as handler };", "handler"),
        ("const handler = 1\nexport { handler }", "handler"),
        ("export const other = 1\nexport const handler = 2", "handler"),
        ("export const other = 1\nexport const lambdaHandler = 2", "lambdaHandler"),
        ("export const main = 1", "main"),
        ("const a = require('a'); exports.handler = a", "handler"),
        ("export {\n  run,\n  start as handler,\n};", "handler"),
        ("module.exports = {\n  other: { handler: 1 },\n  myHandler: async (e) => { return [e, 2] },\n}", "myHandler"),
        ("const app = { handler: 1 }; module.exports = app;", "handler"),
        (
            "__export(src_exports, {\n  lambdaHandler: () => lambdaHandler\n});\nmodule.exports = __toCommonJS(x);",
            "lambdaHandler"
        ),
        ("module.exports = require('./dist/bundle')", "handler"),
        ("export * from './app.mjs'", "handler"),
        ("/* export const b = 1 */ const s = 'export const c = 1'; export const a = 1", "a"),
        ("const quote = /'/\nexport const handler = 1", "handler"),
        ("export const { a } = b", "handler"),
        ("export default async () => 1", nil),
        ("if (exports.a) use(exports)", nil),
        ("exports.a = 1\nexports.b = 2", nil),
        ("// exports.handler = 1", nil),
        ("const handler = 1", nil),
        ("", nil),
    ])
    func recognisesTheExport(source: String, expected: String?) {
        #expect(NodeHandler.export(in: source) == expected)
    }

    @Test(arguments: [
        ("index.handler", "index", "handler"), ("src/app.get.one", "src/app", "get.one"),
        ("./a.b/index.handler", "./a.b/index", "handler"),
    ])
    func splitsHandlersAsLambdaDoes(handler: String, module: String, export: String) throws {
        let (foundModule, foundExport) = try #require(NodeHandler.split(handler))
        #expect(foundModule == module)
        #expect(foundExport == export)
    }

    @Test func aHandlerThatWasGivenIsUsedAsItIs() throws {
        let table = ["/p/lib/x.cjs": "", "/p/template.yaml": "broken: ["]
        let project = try discover(table, options: DiscoveryOptions(handler: "lib/x.run"))
        #expect(project.functions.first?.handler == Sourced("lib/x.run"))
        #expect(project.functions.first?.handlerFile == "/p/lib/x.cjs")
    }

    @Test func aFileIsAFunctionToo() throws {
        let project = try discover(["/p/jobs/nightly.mjs": Self.source], "jobs/nightly.mjs")
        #expect(project.functions.first?.handler.value == "nightly.handler")
        #expect(project.functions.first?.codeFolder.value == "/p/jobs")
        #expect(project.functions.first?.name.value == "jobs")
    }

    @Test(arguments: [
        (
            "lambda_function.py", "import os\n\ndef lambda_handler(event, context):\n    return 1\n",
            "lambda_function.lambda_handler"
        ),
        ("app.py", "def helper(a): ...\nasync def handler(event, context): ...", "app.handler"),
        ("src/app.py", "my_handler = wrap(f)", "src/app.my_handler"),
        (
            "main.py", "class Handler:\n    def handler(self): ...\ndef on_handler_call (e, c): ...",
            "main.on_handler_call"
        ),
    ])
    func findsAPythonHandler(file: String, source: String, handler: String) throws {
        let project = try discover(["/p/\(file)": source], ".")
        #expect(project.functions.first?.handler.value == handler)
        #expect(project.functions.first?.runtime.value == "python")
        let named = try discover(["/p/\(file)": source], options: DiscoveryOptions(handler: handler))
        #expect(named.functions.first?.handlerFile == "/p/\(file)")
    }

    @Test(
        arguments: [
            ([:], "gone", nil, "/p/gone: there is no such file or folder"),
            (
                ["/p/README.md": ""], ".", nil,
                """
                /p: nothing to run here: no template.yaml, no index.mjs, index.js, app.mjs, app.js or handler.js, no \
                lambda_function.py, app.py, handler.py or main.py (also looked in src/); name the file, or give \
                --handler FILE.EXPORT
                """
            ),
            (
                ["/p/index.js": "x = 1"], ".", nil,
                "/p/index.js: exports no function; export one named handler, or give --handler FILE.EXPORT"
            ),
            (
                ["/p/app.py": "x == 1\n    def handler(a, b): ..."], ".", nil,
                "/p/app.py: defines no lambda_handler or handler; name it with --handler FILE.FUNCTION"
            ),
            (
                ["/p/index.js": ""], ".", "src/app.handler",
                "/p: handler src/app.handler: there is no /p/src/app.js, .mjs, .cjs or .ts"
            ),
            (
                ["/p/index.js": ""], ".", "index",
                "/p: handler index names no export; write FILE.EXPORT, such as index.handler"
            ),
            (
                ["/p/notes.txt": ""], "notes.txt", nil,
                "/p/notes.txt: lmon runs a folder, a template.yaml or a .js, .mjs, .cjs, .ts or .py file; not this"
            ),
        ] as [([String: String], String, String?, String)]
    )
    func errorsSayWhatToDo(table: [String: String], path: String, handler: String?, expected: String) {
        let error = #expect(throws: ProjectError.self) {
            try discover(table, path, options: DiscoveryOptions(handler: handler))
        }
        #expect(error?.description == expected)
    }

    @Test(arguments: [("my-fn_1", "my-fn_1"), ("Ärger mit x", "-rger-mit-x"), ("...", "function"), ("", "function")])
    func namesAreWhatLambdaAllows(folder: String, expected: String) {
        #expect(Discovery.functionName(folder) == expected)
    }

    @Test(arguments: [
        ("/a/b", "c", "/a/b/c"), ("/a/b", "./c/../d/", "/a/b/d"), ("/a/b", "..", "/a"), ("/a", "../../..", "/"),
        ("/a", "/x//y", "/x/y"), ("a", "../..", ".."),
    ])
    func joinsPaths(folder: String, path: String, expected: String) {
        #expect(Path.join(folder, path) == expected)
    }
}
