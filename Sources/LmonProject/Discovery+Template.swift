extension Discovery {
    /// The functions of a template that can run here; those that cannot are warnings, unless none is left.
    func template(_ path: String) throws(ProjectError) -> Project {
        let template = try Template(try self.files.text(path), path: path, parameters: self.options.parameters)
        var project = Project(functions: [], warnings: template.warnings, template: path)
        var refusal: ProjectError?
        for function in template.functions {
            do throws(ProjectError) {
                let definition = try self.definition(of: function, template: path, warnings: &project.warnings)
                let name = definition.name
                if project.functions.contains(where: { $0.name.value == name.value }) {
                    throw ProjectError(.duplicateName(name.value), path: path, line: name.place?.line)
                }
                project.functions.append(definition)
            } catch {
                guard error.isOneFunctionsOwn else { throw error }
                refusal = refusal ?? error
                let place = SourcePlace(path: error.path, line: error.line)
                project.warnings.append(ProjectWarning(function: function.name.value, error.problem, place))
            }
        }
        guard !project.functions.isEmpty else {
            if let refusal { throw refusal }
            let what = "there is no AWS::Serverless::Function or AWS::Lambda::Function under Resources"
            throw ProjectError(.unsupportedProject(what), path: path)
        }
        return project
    }

    private func definition(
        of function: TemplateFunction,
        template: String,
        warnings: inout [ProjectWarning]
    ) throws(ProjectError) -> FunctionDefinition {
        let name = function.name.value
        func error(_ code: ProjectError.Code, _ place: SourcePlace?) -> ProjectError {
            ProjectError(code, path: template, line: place?.line ?? function.place.line, function: name)
        }
        if case .unsupported(let why) = function.code.value { throw error(.unsupportedCode(why), function.code.place) }
        guard let runtime = function.runtime else { throw error(.missingProperty("Runtime"), nil) }
        let isOwn = runtime.value.hasPrefix("provided")
        guard isOwn || runtime.value.hasPrefix("nodejs") || runtime.value.hasPrefix("python") else {
            throw error(.unsupportedRuntime(runtime.value), runtime.place)
        }
        guard let handler = function.handler else { throw error(.missingProperty("Handler"), nil) }
        let source = try self.codeFolder(of: function, template: template)
        let folder = self.builtFolder(of: function, source: source, template: template, warnings: &warnings)
        let file: String
        if isOwn {
            // Whatever its handler is called.
            file = Path.join(folder, "bootstrap")
            guard self.files.kind(file) == .file else { throw error(.noBootstrap(folder), function.code.place) }
        } else {
            file = try self.handlerFile(
                handler.value,
                of: runtime.value,
                in: folder,
                place: handler.place,
                function: name
            )
        }
        return FunctionDefinition(
            name: function.name,
            handler: handler,
            runtime: runtime,
            codeFolder: Sourced(folder, function.code.place),
            handlerFile: file,
            timeoutSeconds: function.timeoutSeconds,
            memoryMB: function.memoryMB,
            environment: self.environment(of: function, warnings: &warnings),
            architecture: function.architecture,
            events: function.events,
            layers: self.layers(of: function, template: template, warnings: &warnings)
        )
    }

    private func codeFolder(of function: TemplateFunction, template: String) throws(ProjectError) -> String {
        let line = function.code.place?.line ?? function.place.line
        switch function.code.value {
        case .folder(let relative):
            let folder = Path.join(Path.folder(of: template), relative)
            guard self.files.kind(folder) == .folder else {
                throw ProjectError(.codeNotFound(folder), path: template, line: line, function: function.name.value)
            }
            return folder
        case .inline(let source):
            let isPython = function.runtime?.value.hasPrefix("python") == true
            guard let folder = self.files.writeInline(isPython ? "index.py" : "index.js", source) else {
                let what = "its inline code cannot be written to the cache folder; check its permissions"
                throw ProjectError(.unsupportedCode(what), path: template, line: line, function: function.name.value)
            }
            return folder
        case .unsupported(let why):
            throw ProjectError(.unsupportedCode(why), path: template, line: line, function: function.name.value)
        }
    }

    /// What `sam build` has made of a Python function, with its packages, unless the source is newer. Either is said.
    private func builtFolder(
        of function: TemplateFunction,
        source: String,
        template: String,
        warnings: inout [ProjectWarning]
    ) -> String {
        let build = Path.join(Path.folder(of: template), ".aws-sam/build")
        let built = "\(build)/\(function.resource)"
        guard function.runtime?.value.hasPrefix("python") == true, case .folder = function.code.value,
            self.files.kind(built) == .folder, let end = self.files.written("\(build)/template.yaml")
        else { return source }
        let isCurrent = (self.files.written(source) ?? 0) <= end
        let message =
            isCurrent
            ? "runs from \(built); after a change: sam build"
            : "\(built) is older than \(source), which runs instead, without its packages; sam build brings both together"
        warnings.append(ProjectWarning(function: function.name.value, message, function.code.place))
        return isCurrent ? built : source
    }

    /// The template's variables, the files' over them, and a warning for each that nobody could fill.
    private func environment(
        of function: TemplateFunction,
        warnings: inout [ProjectWarning]
    ) -> [String: Sourced<String>] {
        var environment = function.environment
        var given: Set<String> = []
        for file in self.options.variables {
            let variables = file.variables(of: function.name.value)
            given.formUnion(variables.keys)
            environment.merge(variables) { _, file in file }
        }
        for (variable, what) in function.unresolved.sorted(by: { $0.key < $1.key }) where !given.contains(variable) {
            let instead = function.environment[variable].map { "is \($0.value) here" } ?? "is not set here"
            let message = "\(variable) (\(what.value)) \(instead); give it with --env-vars"
            warnings.append(ProjectWarning(function: function.name.value, message, what.place))
        }
        return environment
    }
}

extension ProjectError {
    /// Whether the other functions of the template can run nevertheless.
    fileprivate var isOneFunctionsOwn: Bool {
        switch self.code {
        case .unsupportedCode, .unsupportedRuntime, .codeNotFound, .noHandlerFile, .noPythonFile, .noBootstrap,
            .handlerWithoutExport, .missingProperty:
            true
        default: false
        }
    }
}
