package import LmonModel

/// The two questions of `x`: what form, then of what.
package struct ExportMenu: Hashable, Sendable {
    /// Nil until the first is answered.
    package internal(set) var format: ExportFormat?

    static let formats: [(key: Character, format: ExportFormat)] = [("h", .har), ("c", .curl), ("j", .json)]
    static let scopes: [(key: Character, title: String)] = [
        ("c", "this call"), ("i", "this invocation"), ("a", "all that is shown"),
    ]

    /// `export  h HAR  c curl  j JSON  Esc`
    var line: String {
        guard let format else {
            return "export  " + Self.formats.map { "\($0.key) \($0.format.title)" }.joined(separator: "  ")
        }
        return "\(format.title) of  " + Self.scopes.map { "\($0.key) \($0.title)" }.joined(separator: "  ")
    }
}

/// Of what an export is.
package enum ExportScope: Hashable, Sendable {
    case call(InvocationID, String)
    case invocation(InvocationID)
    /// Every invocation that the list shows: those that match the filter.
    case shown
}
