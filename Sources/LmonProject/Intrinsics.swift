import Foundation

/// CloudFormation's functions, as far as a template alone says what they give.
struct Intrinsics {
    /// What a value comes to.
    enum Outcome: Hashable {
        case value(TemplateValue)
        /// `AWS::NoValue`: as if the property were not there.
        case absent
        /// Only the cloud knows. `what` names it as the template does; `guess` is what to use meanwhile.
        case unknown(what: String, guess: String?)
    }

    private let parameters: [String: TemplateValue]
    private let resources: TemplateValue?
    private let mappings: TemplateValue?
    private let conditions: TemplateValue?
    /// Functions in functions; conditions may name each other in a circle.
    private static let deepest = 40

    /// `given` are parameter values by name; others have the template's defaults.
    init(template: TemplateValue, given: [String: String] = [:]) {
        var parameters: [String: TemplateValue] = [:]
        for parameter in template["Parameters"]?.members ?? [] {
            parameters[parameter.key] = parameter.value["Default"]
        }
        for (name, value) in given { parameters[name] = .text(value, line: 1) }
        self.parameters = parameters
        self.resources = template["Resources"]
        self.mappings = template["Mappings"]
        self.conditions = template["Conditions"]
    }

    func resource(_ name: String) -> TemplateValue? { self.resources?[name] }

    func evaluate(_ value: TemplateValue, depth: Int = 0) -> Outcome {
        guard case .function(let name, let argument, let line) = value else { return .value(value) }
        guard depth < Self.deepest else { return .unknown(what: value.summary, guess: nil) }
        switch name {
        case "Ref": return self.reference(argument.text ?? "", line: line)
        case "Fn::Sub": return self.substitute(argument, line: line, depth: depth)
        case "Fn::Join": return self.join(argument, whole: value, depth: depth)
        case "Fn::If": return self.choose(argument, whole: value, depth: depth)
        case "Fn::FindInMap": return self.findInMap(argument, whole: value, depth: depth)
        case "Fn::Select": return self.select(argument, whole: value, depth: depth)
        case "Fn::Split": return self.split(argument, whole: value, depth: depth)
        default: return .unknown(what: value.summary, guess: nil)
        }
    }

    /// A value that has to be text.
    func text(_ value: TemplateValue, depth: Int = 0) -> Outcome {
        switch self.evaluate(value, depth: depth) {
        case .value(.null(let line)): .value(.text("", line: line))
        case .value(.text(let text, let line)): .value(.text(text, line: line))
        case .value(let other): .unknown(what: other.summary, guess: nil)
        case let other: other
        }
    }

    /// nil if it cannot be known.
    func condition(_ name: String, depth: Int = 0) -> Bool? {
        guard depth < Self.deepest, let value = self.conditions?[name] else { return nil }
        return self.truth(value, depth: depth + 1)
    }
}

extension Intrinsics {
    private static let pseudoParameters = [
        "AWS::AccountId": "123456789012", "AWS::Partition": "aws", "AWS::Region": "us-east-1",
        "AWS::StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/lmon/local", "AWS::StackName": "lmon",
        "AWS::URLSuffix": "amazonaws.com",
    ]

    private func reference(_ name: String, line: Int) -> Outcome {
        if name == "AWS::NoValue" { return .absent }
        if let known = Self.pseudoParameters[name] { return .value(.text(known, line: line)) }
        if let parameter = self.parameters[name] { return .value(parameter) }
        guard let resource = self.resources?[name] else { return .unknown(what: "!Ref \(name)", guess: nil) }
        // What it will be called, if the template names it; else the name that it has here, as `sam local` does it.
        let names = ["TableName", "BucketName", "QueueName", "TopicName", "FunctionName", "Name"]
        for property in names {
            if case .text(let text, _)? = resource["Properties"]?[property] { return .value(.text(text, line: line)) }
        }
        return .unknown(what: "!Ref \(name)", guess: name)
    }

    private func substitute(_ argument: TemplateValue, line: Int, depth: Int) -> Outcome {
        let parts = argument.elements
        guard let pattern = (parts?.first ?? argument).text else { return .unknown(what: "!Sub", guess: nil) }
        var result = ""
        var rest = pattern[...]
        while let start = rest.range(of: "${") {
            result += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { break }
            let name = String(rest[start.upperBound..<end])
            rest = rest[rest.index(after: end)...]
            guard !name.hasPrefix("!") else {
                result += "${\(name.dropFirst())}"
                continue
            }
            guard case .value(.text(let text, _)) = self.variable(name, of: parts, line: line, depth: depth) else {
                return .unknown(what: "${\(name)}", guess: nil)
            }
            result += text
        }
        return .value(.text(result + rest, line: line))
    }

    private func variable(_ name: String, of parts: [TemplateValue]?, line: Int, depth: Int) -> Outcome {
        if let own = parts?.dropFirst().first?[name] { return self.text(own, depth: depth + 1) }
        return self.reference(name, line: line)
    }

    private func join(_ argument: TemplateValue, whole: TemplateValue, depth: Int) -> Outcome {
        guard let parts = argument.elements, parts.count == 2, let separator = parts[0].text,
            case .value(.list(let elements, let line)) = self.evaluate(parts[1], depth: depth + 1)
        else { return .unknown(what: whole.summary, guess: nil) }
        var texts: [String] = []
        for element in elements {
            switch self.text(element, depth: depth + 1) {
            case .value(let value): texts.append(value.text ?? "")
            case .absent: continue
            case .unknown(let what, _): return .unknown(what: what, guess: nil)
            }
        }
        return .value(.text(texts.joined(separator: separator), line: line))
    }

    private func choose(_ argument: TemplateValue, whole: TemplateValue, depth: Int) -> Outcome {
        guard let parts = argument.elements, parts.count == 3, let name = parts[0].text,
            let isTrue = self.condition(name, depth: depth + 1)
        else { return .unknown(what: whole.summary, guess: nil) }
        return self.evaluate(parts[isTrue ? 1 : 2], depth: depth + 1)
    }

    private func findInMap(_ argument: TemplateValue, whole: TemplateValue, depth: Int) -> Outcome {
        var keys: [String] = []
        for part in argument.elements?.prefix(3) ?? [] {
            guard case .value(.text(let key, _)) = self.text(part, depth: depth + 1) else { break }
            keys.append(key)
        }
        guard keys.count == 3, let found = self.mappings?[keys[0]]?[keys[1]]?[keys[2]] else {
            return .unknown(what: whole.summary, guess: nil)
        }
        return .value(found)
    }

    private func select(_ argument: TemplateValue, whole: TemplateValue, depth: Int) -> Outcome {
        guard let parts = argument.elements, parts.count == 2, let index = parts[0].text.flatMap(Int.init),
            case .value(.list(let elements, _)) = self.evaluate(parts[1], depth: depth + 1),
            elements.indices.contains(index)
        else { return .unknown(what: whole.summary, guess: nil) }
        return self.evaluate(elements[index], depth: depth + 1)
    }

    private func split(_ argument: TemplateValue, whole: TemplateValue, depth: Int) -> Outcome {
        guard let parts = argument.elements, parts.count == 2, let separator = parts[0].text, !separator.isEmpty,
            case .value(.text(let text, let line)) = self.text(parts[1], depth: depth + 1)
        else { return .unknown(what: whole.summary, guess: nil) }
        return .value(
            .list(
                text.split(separator: separator, omittingEmptySubsequences: false).map {
                    .text(String($0), line: line)
                },
                line: line
            )
        )
    }

    private func truth(_ value: TemplateValue, depth: Int) -> Bool? {
        if let name = value["Condition"]?.text { return self.condition(name, depth: depth) }
        guard depth < Self.deepest, case .function(let function, let argument, _) = value else { return nil }
        if function == "Condition" { return argument.text.flatMap { self.condition($0, depth: depth) } }
        guard let parts = argument.elements else { return nil }
        switch function {
        case "Fn::Equals":
            guard parts.count == 2, case .value(let first) = self.text(parts[0], depth: depth + 1),
                case .value(let second) = self.text(parts[1], depth: depth + 1)
            else { return nil }
            return first.text == second.text
        case "Fn::Not":
            guard parts.count == 1 else { return nil }
            return self.truth(parts[0], depth: depth + 1).map { !$0 }
        case "Fn::And":
            let truths = parts.map { self.truth($0, depth: depth + 1) }
            return truths.contains(false) ? false : truths.contains(nil) ? nil : true
        case "Fn::Or":
            let truths = parts.map { self.truth($0, depth: depth + 1) }
            return truths.contains(true) ? true : truths.contains(nil) ? nil : false
        default: return nil
        }
    }
}
