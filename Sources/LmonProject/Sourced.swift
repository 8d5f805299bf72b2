/// Where in the project something is said.
package struct SourcePlace: Hashable, Sendable, CustomStringConvertible {
    package var path: String
    /// From 1; nil if the fact is the whole file's, or the folder's.
    package var line: Int?

    package init(path: String, line: Int? = nil) {
        self.path = path
        self.line = line
    }

    package var description: String { self.line.map { "\(self.path):\($0)" } ?? self.path }
}

/// A fact with the place that it came from; none if it is Lambda's default, or was given on the command line.
package struct Sourced<Value: Hashable & Sendable>: Hashable, Sendable {
    package var value: Value
    package var place: SourcePlace?

    package init(_ value: Value, _ place: SourcePlace? = nil) {
        self.value = value
        self.place = place
    }
}
