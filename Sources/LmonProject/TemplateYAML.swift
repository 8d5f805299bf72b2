import Yams

/// YAML (and so JSON) to `TemplateValue`: the one place that knows Yams.
struct TemplateYAML {
    private let path: String
    /// Aliases can make a small file an enormous tree.
    private var partsLeft = 200_000

    /// Errors name the line of the file.
    static func parse(_ text: String, path: String) throws(ProjectError) -> TemplateValue {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw Self.projectError(error, path: path)
        }
        guard let root else { throw ProjectError(.yaml("the file is empty"), path: path) }
        var parser = TemplateYAML(path: path)
        return try parser.value(root, line: 1)
    }

    private init(path: String) { self.path = path }

    private mutating func value(_ node: Node, line: Int) throws(ProjectError) -> TemplateValue {
        self.partsLeft -= 1
        let line = node.mark?.line ?? line
        guard self.partsLeft > 0 else {
            throw ProjectError(.yaml("its aliases make it too large"), path: self.path, line: line)
        }
        let tag = "\(node.tag)"
        let plain = try self.untagged(node, line: line)
        guard tag.hasPrefix("!"), tag.count > 1 else { return plain }
        let name = tag.dropFirst()
        return .function(name == "Ref" || name == "Condition" ? String(name) : "Fn::\(name)", plain, line: line)
    }

    private mutating func untagged(_ node: Node, line: Int) throws(ProjectError) -> TemplateValue {
        switch node {
        case .scalar(let scalar):
            let isNull = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return isNull ? .null(line: line) : .text(scalar.string, line: line)
        case .sequence(let sequence):
            var elements: [TemplateValue] = []
            for element in sequence { elements.append(try self.value(element, line: line)) }
            return .list(elements, line: line)
        case .mapping(let mapping):
            return .map(recognizing: try self.members(mapping, line: line), line: line)
        case .alias:
            throw ProjectError(.yaml("an alias has no anchor"), path: self.path, line: line)
        }
    }

    private mutating func members(_ mapping: Node.Mapping, line: Int) throws(ProjectError) -> [TemplateValue.Member] {
        var members: [TemplateValue.Member] = []
        for (key, value) in mapping {
            let keyLine = key.mark?.line ?? line
            let value = try self.value(value, line: keyLine)
            guard let name = key.scalar?.string else {
                throw ProjectError(.yaml("a key is not a name"), path: self.path, line: keyLine)
            }
            if name == "<<", key.scalar?.style == .plain {
                // What stands in the map itself comes last, and so wins.
                for merged in value.elements ?? [value] { members.insert(contentsOf: merged.members, at: 0) }
            } else {
                members.append(TemplateValue.Member(key: name, line: keyLine, value: value))
            }
        }
        return members
    }

    private static func projectError(_ error: any Error, path: String) -> ProjectError {
        guard let error = error as? YamlError else { return ProjectError(.yaml("\(error)"), path: path) }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return ProjectError(.yaml(problem), path: path, line: mark.line)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.joined(separator: ", ")
            return ProjectError(.yaml("\(names) stands there twice"), path: path, line: context.mark.line)
        case .reader(let problem, let offset, _, let yaml):
            let line = offset.map { yaml.utf8.prefix($0).count { $0 == UInt8(ascii: "\n") } + 1 }
            return ProjectError(.yaml(problem), path: path, line: line)
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return ProjectError(.yaml("\(error)"), path: path)
        }
    }
}
