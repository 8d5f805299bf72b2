/// Why a project cannot run, in one line: where, what, and what to do.
package struct ProjectError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case notFound, unreadable, tooLarge
        case nothingToRun
        case yaml(String)
        case json(String)
        /// A property that AWS does not have, and one that it has.
        case misspelled(String, meant: String)
        case missingProperty(String)
        case invalidValue(property: String, value: String, allowed: String)
        case noHandlerExported
        /// A Python file defines no function that looks like one.
        case noHandlerDefined
        /// `module` is the path that lacks its extension.
        case noHandlerFile(handler: String, module: String)
        case noPythonFile(handler: String, module: String)
        /// A folder that has no program.
        case noBootstrap(String)
        case handlerWithoutExport(String)
        case codeNotFound(String)
        case unsupportedCode(String)
        case unsupportedRuntime(String)
        case unsupportedProject(String)
        case duplicateName(String)
    }

    package let code: Code
    package let path: String
    package let line: Int?
    package let function: String?

    package init(_ code: Code, path: String, line: Int? = nil, function: String? = nil) {
        self.code = code
        self.path = path
        self.line = line
        self.function = function
    }

    package var description: String {
        let place = SourcePlace(path: self.path, line: self.line).description
        return [place, self.function, self.problem].compactMap(\.self).joined(separator: ": ")
    }

    /// `description` without the place and the function.
    package var problem: String {
        switch self.code {
        case .notFound: "there is no such file or folder"
        case .unreadable: "cannot be read; check its permissions"
        case .tooLarge: "is too large for a template or a file of variables"
        case .nothingToRun:
            "nothing to run here: no template.yaml, no index.mjs, index.js, app.mjs, app.js or handler.js, no"
                + " lambda_function.py, app.py, handler.py or main.py (also looked in src/); name the file, or give"
                + " --handler FILE.EXPORT"
        case .yaml(let problem): "is not YAML: \(problem)"
        case .json(let problem): "is not the JSON expected here: \(problem)"
        case .misspelled(let name, let meant): "unknown property \(name); did you mean \(meant)?"
        case .missingProperty(let name): "\(name) is missing"
        case .invalidValue(let property, let value, let allowed): "\(property) is \(value); it has to be \(allowed)"
        case .noHandlerExported:
            "exports no function; export one named handler, or give --handler FILE.EXPORT"
        case .noHandlerFile(let handler, let module):
            "handler \(handler): there is no \(module).js, .mjs, .cjs or .ts"
        case .noHandlerDefined:
            "defines no lambda_handler or handler; name it with --handler FILE.FUNCTION"
        case .noPythonFile(let handler, let module): "handler \(handler): there is no \(module).py"
        case .noBootstrap(let folder): "there is no program \(folder)/bootstrap; build it, for this machine"
        case .handlerWithoutExport(let handler):
            "handler \(handler) names no export; write FILE.EXPORT, such as index.handler"
        case .codeNotFound(let folder): "its code folder \(folder) does not exist"
        case .unsupportedCode(let what): what
        case .unsupportedRuntime(let runtime):
            "\(runtime) cannot run here yet; lmon runs nodejs, python and provided functions"
        case .unsupportedProject(let what): what
        case .duplicateName(let name): "a second function is named \(name)"
        }
    }
}
