/// A layer of a function, as its template names it.
enum TemplateLayer: Hashable {
    /// A folder or a zip as it stands there: seen from the template's folder.
    case local(String)
    /// What it is, and why it cannot be had here.
    case unavailable(String)
}

extension Intrinsics {
    /// An element of `Layers`; nil if it is as if it were not there.
    func layer(_ value: TemplateValue) -> TemplateLayer? {
        // What a condition chooses is a reference again, whose resource says more than its name.
        if case .function("Fn::If", let argument, _) = value, let parts = argument.elements, parts.count == 3,
            let name = parts[0].text, let isTrue = self.condition(name)
        {
            return self.layer(parts[isTrue ? 1 : 2])
        }
        if case .function("Ref", let name, _) = value, let resource = name.text.flatMap({ self.resource($0) }) {
            return self.layer(of: resource, named: value.summary)
        }
        switch self.evaluate(value) {
        case .absent: return nil
        case .unknown(let what, _): return .unavailable("\(what) is not known here")
        case .value(.text(let text, _)): return .unavailable("\(text) is not on this machine")
        case .value(let other): return .unavailable("\(other.summary) is no layer")
        }
    }

    /// `ContentUri` is SAM's, `Content` CloudFormation's, which names a path until it is packaged.
    private func layer(of resource: TemplateValue, named name: String) -> TemplateLayer {
        let property: String
        switch resource["Type"]?.text {
        case "AWS::Serverless::LayerVersion": property = "ContentUri"
        case "AWS::Lambda::LayerVersion": property = "Content"
        default: return .unavailable("\(name) is no layer that this template makes")
        }
        guard let content = resource["Properties"]?[property] else {
            return .unavailable("\(name) has no \(property)")
        }
        guard case .value(.text(let path, _)) = self.text(content), !path.hasPrefix("s3://") else {
            return .unavailable("the \(property) of \(name) is not on this machine")
        }
        return .local(path)
    }
}

extension TemplateFunctionReader {
    /// Those of `Globals` come first, as SAM has it.
    func layers() -> [Sourced<TemplateLayer>] {
        [self.globals?["Layers"], self.resource.value["Properties"]?["Layers"]].flatMap { list -> [TemplateValue] in
            guard let list, case .value(let value) = self.intrinsics.evaluate(list) else { return [] }
            return value.elements ?? []
        }
        .compactMap { value in
            self.intrinsics.layer(value).map { Sourced($0, SourcePlace(path: self.path, line: value.line)) }
        }
    }
}

extension Discovery {
    /// The paths of a function's layers, and a warning for each that is not here.
    func layers(
        of function: TemplateFunction,
        template: String,
        warnings: inout [ProjectWarning]
    ) -> [Sourced<String>] {
        var paths: [Sourced<String>] = []
        for layer in function.layers {
            let problem: String
            switch layer.value {
            case .unavailable(let why): problem = why
            case .local(let relative):
                let path = Path.join(Path.folder(of: template), relative)
                guard self.files.kind(path) == nil else {
                    paths.append(Sourced(path, layer.place))
                    continue
                }
                problem = "there is no \(relative)"
            }
            let message = "runs without a layer: \(problem); --layer takes its folder or zip"
            warnings.append(ProjectWarning(function: function.name.value, message, layer.place))
        }
        return paths
    }
}
