/// The function that a caller names: a name, `name:qualifier`, a partial or a full ARN.
package struct FunctionReference: Hashable, Sendable {
    package var name: String
    /// A version, an alias or `$LATEST`; nil if none was given.
    package var qualifier: String?

    package init(name: String, qualifier: String? = nil) {
        self.name = name
        self.qualifier = qualifier
    }

    /// Nil if `text` is none of these: `arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`, the same without
    /// its beginning, or a name of letters, digits, `-`, `_` and `.`. Region and account are not looked at.
    package init?(_ text: String) {
        guard text.utf8.count <= 256 else { return nil }
        if Self.isName(text[...]), text != "arn" {
            self.name = text
            return
        }
        var parts = text.split(separator: ":", omittingEmptySubsequences: false)[...]
        if parts.first == "arn" {
            guard parts.count >= 7, parts[2] == "lambda", parts[5] == "function" else { return nil }
            parts = parts.dropFirst(6)
        } else if let marker = parts.firstIndex(of: "function"), marker < parts.endIndex - 1, marker <= 2 {
            guard marker == 0 || Self.isAccount(parts[marker - 1]) else { return nil }
            parts = parts[(marker + 1)...]
        } else if parts.count > 1, let first = parts.first, Self.isAccount(first) {
            parts = parts.dropFirst()
        }
        guard (1...2).contains(parts.count), let name = parts.first, Self.isName(name) else { return nil }
        self.name = String(name)
        guard parts.count == 2, let qualifier = parts.last else { return }
        guard qualifier == "$LATEST" || Self.isName(qualifier) else { return nil }
        self.qualifier = String(qualifier)
    }

    private static func isAccount(_ text: Substring) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

/// Names that Lambda makes of a function's.
package enum LambdaName {
    /// `qualifier` only if the caller gave one.
    package static func arn(region: String, account: String, function: String, qualifier: String? = nil) -> String {
        let arn = "arn:aws:lambda:\(region):\(account):function:\(function)"
        guard let qualifier else { return arn }
        return "\(arn):\(qualifier)"
    }

    package static func logGroup(function: String) -> String { "/aws/lambda/\(function)" }

    /// `date` as `2026-11-23`; `identifier` is 32 hexadecimal digits.
    package static func logStream(date: String, version: String, identifier: String) -> String {
        "\(date.split(separator: "-").joined(separator: "/"))/[\(version)]\(identifier)"
    }
}
