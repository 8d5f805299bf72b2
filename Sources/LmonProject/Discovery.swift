import LmonJSON

/// What the user said besides the path.
package struct DiscoveryOptions: Hashable, Sendable {
    /// `--handler`, for a folder without a template.
    package var handler: String?
    /// Applied in order: later ones win.
    package var variables: [VariablesFile]
    /// Values for the template's parameters.
    package var parameters: [String: String]

    package init(
        handler: String? = nil,
        variables: [VariablesFile] = [],
        parameters: [String: String] = [:]
    ) {
        self.handler = handler
        self.variables = variables
        self.parameters = parameters
    }
}

extension Project {
    /// What there is to run at a path: a folder (with a template, or with a handler), a template, or a Node or Python file.
    package static func discover(
        _ path: String,
        options: DiscoveryOptions = DiscoveryOptions(),
        files: ProjectFiles = .disk
    ) throws(ProjectError) -> Project {
        try Discovery(options: options, files: files).discover(Path.join(files.currentFolder, path))
    }
}

struct Discovery {
    let options: DiscoveryOptions
    let files: ProjectFiles

    func discover(_ path: String) throws(ProjectError) -> Project {
        switch self.files.kind(path) {
        case nil: throw ProjectError(.notFound, path: path)
        case .folder:
            for name in ["template.yaml", "template.yml", "template.json"] {
                let template = Path.join(path, name)
                if self.options.handler == nil, self.files.kind(template) == .file {
                    return try self.template(template)
                }
            }
            return self.named(Project(functions: [try self.folder(path)]))
        case .file where ["yaml", "yml", "json", "template"].contains(Path.extension(of: path).lowercased()):
            return try self.template(path)
        case .file where Self.isHandlerFile(path): return self.named(Project(functions: [try self.file(path)]))
        case .file:
            let what = "lmon runs a folder, a template.yaml or a .js, .mjs, .cjs, .ts or .py file; not this"
            throw ProjectError(.unsupportedProject(what), path: path)
        }
    }

    private static func isHandlerFile(_ path: String) -> Bool {
        let kind = Path.extension(of: path)
        return NodeHandler.extensions.contains(kind) || kind == PythonHandler.fileExtension
    }

    /// The variables files' values, over what the functions say themselves.
    private func named(_ project: Project) -> Project {
        var project = project
        for index in project.functions.indices {
            let name = project.functions[index].name.value
            for file in self.options.variables {
                project.functions[index].environment.merge(file.variables(of: name)) { _, file in file }
            }
        }
        return project
    }
}

// A folder or a file, without a template.
extension Discovery {
    private func folder(_ folder: String) throws(ProjectError) -> FunctionDefinition {
        if let handler = self.options.handler {
            return try self.named(handler, in: folder)
        }
        let package = Path.join(folder, "package.json")
        for name in NodeHandler.candidates(main: self.main(of: package)) + PythonHandler.candidates {
            let file = Path.join(folder, name)
            guard self.files.kind(file) == .file else { continue }
            return try self.file(file, folder: folder)
        }
        if self.files.kind(Path.join(folder, "manifest.json")) == .file, Path.name(of: folder) == "cdk.out" {
            let what = "cdk.out is not supported yet; run cdk synth > template.yaml and give lmon that"
            throw ProjectError(.unsupportedProject(what), path: folder)
        }
        throw ProjectError(.nothingToRun, path: folder)
    }

    private func file(_ file: String, folder: String? = nil) throws(ProjectError) -> FunctionDefinition {
        let folder = folder ?? Path.folder(of: file)
        if let handler = self.options.handler { return try self.named(handler, in: folder) }
        let source = try self.files.text(file)
        let isPython = Path.extension(of: file) == PythonHandler.fileExtension
        guard let export = isPython ? PythonHandler.function(in: source) : NodeHandler.export(in: source) else {
            throw ProjectError(isPython ? .noHandlerDefined : .noHandlerExported, path: file)
        }
        let module = Path.withoutExtension(String(file.dropFirst(folder == "/" ? 1 : folder.count + 1)))
        return self.function(
            folder: folder,
            handler: Sourced("\(module).\(export)", SourcePlace(path: file)),
            file: file
        )
    }

    /// A handler that the user names: Node's if there is such a file, else Python's.
    private func named(_ handler: String, in folder: String) throws(ProjectError) -> FunctionDefinition {
        let python = PythonHandler.split(handler).map { Path.join(folder, "\($0.module).py") }
        let isPython = python.map { self.files.kind($0) == .file } ?? false
        let runtime = isPython ? "python" : "nodejs"
        let place = SourcePlace(path: folder)
        let file = try self.handlerFile(handler, of: runtime, in: folder, place: place, function: nil)
        return self.function(folder: folder, handler: Sourced(handler), file: file)
    }

    private func function(folder: String, handler: Sourced<String>, file: String) -> FunctionDefinition {
        FunctionDefinition(
            name: Sourced(Self.functionName(Path.name(of: folder)), SourcePlace(path: folder)),
            handler: handler,
            runtime: Sourced(Path.extension(of: file) == PythonHandler.fileExtension ? "python" : "nodejs"),
            codeFolder: Sourced(folder, SourcePlace(path: folder)),
            handlerFile: file
        )
    }

    /// As much of a folder's name as Lambda allows in a function's.
    static func functionName(_ folder: String) -> String {
        let name = folder.unicodeScalars.map { scalar in
            let isAllowed = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            return isAllowed || scalar == "-" || scalar == "_" ? Character(scalar) : "-"
        }
        return name.allSatisfy { $0 == "-" } ? "function" : String(name.prefix(64))
    }

    private func main(of package: String) -> String? {
        guard let bytes = self.files.read(package, 1 << 20),
            case .object(let members)? = try? JSONValue(parsing: bytes),
            case .string(let main)? = members.first(where: { $0.key == "main" })?.value
        else { return nil }
        return main
    }

    /// The file that a handler names, below a folder.
    func handlerFile(
        _ handler: String,
        of runtime: String,
        in folder: String,
        place: SourcePlace?,
        function: String?
    ) throws(ProjectError) -> String {
        let path = place?.path ?? folder
        let isPython = runtime.hasPrefix("python")
        guard let module = isPython ? PythonHandler.split(handler)?.module : NodeHandler.split(handler)?.module else {
            throw ProjectError(.handlerWithoutExport(handler), path: path, line: place?.line, function: function)
        }
        let base = Path.join(folder, module)
        let candidates =
            isPython ? ["\(base).py", "\(base)/__init__.py"] : NodeHandler.extensions.map { "\(base).\($0)" }
        if let found = candidates.first(where: { self.files.kind($0) == .file }) { return found }
        throw ProjectError(
            isPython ? .noPythonFile(handler: handler, module: base) : .noHandlerFile(handler: handler, module: base),
            path: path,
            line: place?.line,
            function: function
        )
    }
}
