/// How a layer gets to functions: text to take over into a project.
package enum Attachment: String, CaseIterable, Sendable {
    /// A whole SAM template, so that it can be checked and deployed as it stands, with a function of each kind.
    case sam
    /// A TypeScript file with an Aspect, complete in itself, of syntax that Node can run as it stands.
    case cdk

    /// `zip` is the layer's file, as seen from the project.
    package func text(zip: String, architecture: Architecture) -> String {
        let values = [
            "ZIP": Self.quoted(zip),
            "ARCHITECTURE": architecture.rawValue,
            "ARCHITECTURE_CONSTANT": architecture == .arm64 ? "ARM_64" : "X86_64",
        ]
        // Names stand between two signs that the templates have no other use for.
        let parts = self.template.split(separator: "@@", omittingEmptySubsequences: false)
        return parts.enumerated().map { $0.offset % 2 == 0 ? String($0.element) : values[String($0.element)] ?? "" }
            .joined()
    }

    private var template: String {
        switch self {
        case .sam: String(decoding: PackageResources.sam_yaml, as: UTF8.self)
        case .cdk: String(decoding: PackageResources.cdk_ts, as: UTF8.self)
        }
    }

    /// As YAML and TypeScript both read it.
    private static func quoted(_ name: String) -> String {
        var result = "\""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
