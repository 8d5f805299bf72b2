/// Why bytes are no XML that is read here.
package struct XMLError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// It ends before its elements do.
        case truncated
        case malformed
        /// It declares types or entities of its own, which nothing that is read here does.
        case declaration
        case entity
        case encoding
        case tooDeep
        case tooLong
        /// Well formed, and not what was asked for.
        case unexpected(String)
    }

    package let code: Code
    /// The byte at which it was noticed.
    package let offset: Int

    package var description: String {
        switch self.code {
        case .truncated: "the XML ends too early"
        case .malformed: "not XML, at byte \(self.offset)"
        case .declaration: "XML with declarations of its own"
        case .entity: "an unknown entity in the XML, at byte \(self.offset)"
        case .encoding: "XML that is not UTF-8, at byte \(self.offset)"
        case .tooDeep: "XML of too many levels"
        case .tooLong: "XML with too long a name or text"
        case .unexpected(let what): what
        }
    }
}
