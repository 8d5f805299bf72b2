import LmonJSON

extension Body {
    /// What it lacks of what came, for whoever would send it again; nil if it is whole.
    package var flaw: String? {
        if self.isTruncated {
            let size = self.decodedSize ?? self.size
            let kept = self.text.map { $0.utf8.count }
            return "cut: these are \(Format.bytes(kept)) of \(Format.bytes(size))"
        }
        guard self.isRedacted else { return nil }
        let places = self.text.flatMap { try? JSONValue(parsing: $0) }.map { Self.redacted($0, "") } ?? []
        guard let first = places.first else { return "redacted: fill in what is missing" }
        let rest = places.count > 3 ? " and \(places.count - 3) more" : ""
        let named = places.count == 1 ? first : places.prefix(3).joined(separator: ", ")
        return "redacted: fill in \(named)\(rest)"
    }

    private static func redacted(_ value: JSONValue, _ path: String) -> [String] {
        switch value {
        case .string(let text): text.contains(CurlLine.redactionMark) ? [path.isEmpty ? "all of it" : path] : []
        case .array(let elements):
            elements.enumerated().flatMap { self.redacted($0.element, "\(path)/\($0.offset)") }
        case .object(let members): members.flatMap { self.redacted($0.value, "\(path)/\($0.key)") }
        case .null, .bool, .number: []
        }
    }
}
