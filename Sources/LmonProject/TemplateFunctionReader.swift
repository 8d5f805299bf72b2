/// Reads one function's properties, `Globals` merged in, and says what only the cloud could fill in.
struct TemplateFunctionReader {
    let name: String
    let resource: TemplateValue.Member
    let globals: TemplateValue?
    let intrinsics: Intrinsics
    let path: String
    private(set) var warnings: [ProjectWarning] = []

    init(
        name: String,
        resource: TemplateValue.Member,
        globals: TemplateValue?,
        intrinsics: Intrinsics,
        path: String
    ) {
        self.name = name
        self.resource = resource
        self.globals = globals
        self.intrinsics = intrinsics
        self.path = path
    }

    mutating func read(_ kind: TemplateFunction.Kind) throws(ProjectError) -> TemplateFunction {
        let known = kind == .serverless ? TemplateFunction.samProperties : TemplateFunction.lambdaProperties
        if let properties = self.resource.value["Properties"] {
            try Template.checkSpelling(properties, among: known, path: self.path, function: self.name)
        }
        var function = TemplateFunction(
            resource: self.name,
            name: self.text("FunctionName") ?? Sourced(self.name, self.place(self.resource.line)),
            handler: self.text("Handler"),
            runtime: self.text("Runtime"),
            code: self.code(kind),
            timeoutSeconds: try self.number("Timeout", 1...900) ?? Sourced(3),
            memoryMB: try self.number("MemorySize", 128...10240) ?? Sourced(128),
            place: self.place(self.resource.line)
        )
        self.readEnvironment(into: &function)
        try self.readLogging(into: &function)
        if case .list(let architectures, _)? = self.property("Architectures"), let first = architectures.first {
            function.architecture = first.text.map { Sourced($0, self.place(first.line)) }
        }
        function.events = self.events()
        function.layers = self.layers()
        return function
    }

    private func place(_ line: Int) -> SourcePlace { SourcePlace(path: self.path, line: line) }

    private func property(_ name: String) -> TemplateValue? {
        let value = self.resource.value["Properties"]?[name] ?? self.globals?[name]
        guard let value, case .value(let evaluated) = self.intrinsics.evaluate(value) else { return nil }
        if case .null = evaluated { return nil }
        return evaluated
    }

    /// nil if it is not there, or cannot be known, which is then a warning.
    private mutating func text(_ name: String) -> Sourced<String>? {
        guard let value = self.resource.value["Properties"]?[name] ?? self.globals?[name] else { return nil }
        switch self.intrinsics.text(value) {
        case .value(let text): return text.text.flatMap { $0.isEmpty ? nil : Sourced($0, self.place(value.line)) }
        case .absent: return nil
        case .unknown(let what, _):
            let message = "\(name) is \(what), which is not known here"
            self.warnings.append(ProjectWarning(function: self.name, message, self.place(value.line)))
            return nil
        }
    }

    private mutating func number(_ name: String, _ allowed: ClosedRange<Int>) throws(ProjectError) -> Sourced<Int>? {
        guard let text = self.text(name) else { return nil }
        guard let number = Int(text.value), allowed.contains(number) else {
            let range = "a number from \(allowed.lowerBound) to \(allowed.upperBound)"
            throw ProjectError(
                .invalidValue(property: name, value: text.value, allowed: range),
                path: self.path,
                line: text.place?.line,
                function: self.name
            )
        }
        return Sourced(number, text.place)
    }

    private mutating func code(_ kind: TemplateFunction.Kind) -> Sourced<TemplateFunction.Code> {
        if self.text("PackageType")?.value == "Image" {
            let message = "container images are not supported yet; give lmon the function's folder instead"
            return Sourced(.unsupported(message), self.place(self.resource.line))
        }
        if kind == .serverless, case .text(let inline, let line)? = self.property("InlineCode") {
            return Sourced(.inline(inline), self.place(line))
        }
        guard let code = self.property(kind == .serverless ? "CodeUri" : "Code") else {
            return Sourced(.folder("."), nil)
        }
        let place = self.place(code.line)
        if case .text(let path, _) = code { return Sourced(Self.code(at: path), place) }
        if let inline = code["ZipFile"], case .value(.text(let text, _)) = self.intrinsics.text(inline) {
            return Sourced(.inline(text), place)
        }
        return Sourced(.unsupported("code on S3 is not here; point CodeUri at a folder"), place)
    }

    private static func code(at path: String) -> TemplateFunction.Code {
        if path.hasPrefix("s3://") { return .unsupported("code on S3 is not here; point CodeUri at a folder") }
        if [".zip", ".jar"].contains(where: path.lowercased().hasSuffix) {
            return .unsupported("\(path): archives are not supported yet; point CodeUri at the folder that was packed")
        }
        return .folder(path)
    }

    /// The function's own variables win over `Globals`.
    private mutating func readEnvironment(into function: inout TemplateFunction) {
        let own = self.resource.value["Properties"]?["Environment"]?["Variables"]?.members ?? []
        for variable in (self.globals?["Environment"]?["Variables"]?.members ?? []) + own {
            let place = self.place(variable.line)
            function.environment[variable.key] = nil
            function.unresolved[variable.key] = nil
            switch self.intrinsics.text(variable.value) {
            case .value(let text): function.environment[variable.key] = Sourced(text.text ?? "", place)
            case .absent: break
            case .unknown(let what, let guess):
                function.unresolved[variable.key] = Sourced(what, place)
                if let guess { function.environment[variable.key] = Sourced(guess, place) }
            }
        }
    }

    /// `LoggingConfig` becomes the variables by which a runtime is told of it; the function's own members win over
    /// `Globals`, and a variable that is set outright over both.
    private func readLogging(into function: inout TemplateFunction) throws(ProjectError) {
        let settings = [
            ("LogFormat", "AWS_LAMBDA_LOG_FORMAT", ["Text", "JSON"]),
            ("ApplicationLogLevel", "AWS_LAMBDA_LOG_LEVEL", ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]),
        ]
        for (name, variable, allowed) in settings where function.environment[variable] == nil {
            let own = self.resource.value["Properties"]?["LoggingConfig"]?[name]
            guard let value = own ?? self.globals?["LoggingConfig"]?[name],
                case .value(let evaluated) = self.intrinsics.text(value), let text = evaluated.text
            else { continue }
            guard let known = allowed.first(where: { $0.lowercased() == text.lowercased() }) else {
                throw ProjectError(
                    .invalidValue(property: name, value: text, allowed: "one of \(allowed.joined(separator: ", "))"),
                    path: self.path,
                    line: value.line,
                    function: self.name
                )
            }
            function.environment[variable] = Sourced(known, self.place(value.line))
        }
    }

    private func events() -> [FunctionEvent] {
        let events = self.resource.value["Properties"]?["Events"]?.members ?? []
        return events.compactMap { event in
            guard let type = event.value["Type"]?.text else { return nil }
            var properties: [String: String] = [:]
            for property in event.value["Properties"]?.members ?? [] {
                guard case .value(let value) = self.intrinsics.text(property.value) else { continue }
                properties[property.key] = value.text
            }
            return FunctionEvent(name: event.key, type: type, properties: properties, place: self.place(event.line))
        }
    }
}
