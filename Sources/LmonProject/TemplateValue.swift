/// A template as a tree, with the line of each part and CloudFormation's functions recognised in both their forms
/// (`!Ref Name` and `{"Ref": "Name"}`).
indirect enum TemplateValue: Hashable {
    struct Member: Hashable {
        let key: String
        /// The key's.
        let line: Int
        let value: TemplateValue
    }

    /// Plain text, as it was written: `0010` stays what it is.
    case text(String, line: Int)
    case null(line: Int)
    case list([TemplateValue], line: Int)
    case map([Member], line: Int)
    /// `Ref`, `Condition` or `Fn::…`, and its argument.
    case function(String, TemplateValue, line: Int)

    var line: Int {
        switch self {
        case .text(_, let line), .null(let line), .list(_, let line), .map(_, let line), .function(_, _, let line): line
        }
    }

    var text: String? {
        if case .text(let text, _) = self { text } else { nil }
    }

    var members: [Member] {
        if case .map(let members, _) = self { members } else { [] }
    }

    var elements: [TemplateValue]? {
        if case .list(let elements, _) = self { elements } else { nil }
    }

    subscript(key: String) -> TemplateValue? { self.members.last { $0.key == key }?.value }

    /// A map of one member that is a function in its long form is that function.
    static func map(recognizing members: [Member], line: Int) -> TemplateValue {
        guard members.count == 1, let member = members.first, member.key == "Ref" || member.key.hasPrefix("Fn::") else {
            return .map(members, line: line)
        }
        return .function(member.key, member.value, line: member.line)
    }

    /// As somebody would write it, for messages: `!Ref Table`.
    var summary: String {
        switch self {
        case .text(let text, _): text
        case .null: "null"
        case .list(let elements, _): "[\(elements.map(\.summary).joined(separator: ", "))]"
        case .map: "{…}"
        case .function(let name, let argument, _): "!\(name.replacing("Fn::", with: "")) \(argument.summary)"
        }
    }
}
