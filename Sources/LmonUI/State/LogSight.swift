package import LmonModel

/// Which of all log lines the list of them shows.
package struct LogSight: Hashable, Sendable {
    /// Lines of this level and above; nil for all. A line without a level counts as information.
    package var least: LogLevel?
    /// Lines of this invocation alone; nil for those of all.
    package var invocation: InvocationID?

    package init() {}

    package var showsAll: Bool { self.least == nil && self.invocation == nil }

    package func shows(_ row: LogRow) -> Bool {
        if let invocation, row.id.invocation != invocation { return false }
        return self.least.map { (row.line.level ?? .info) >= $0 } ?? true
    }

    /// All, then ever less, then all again.
    mutating func turnLevel() {
        switch self.least {
        case nil: self.least = .info
        case .info: self.least = .warn
        case .warn: self.least = .error
        case .trace, .debug, .error, .fatal: self.least = nil
        }
    }

    /// `WARN and above, only 9f3c…e1`; nil if all are shown.
    package var description: String? {
        let parts = [self.least.map { "\($0) and above" }, self.invocation.map { "only \($0.short)" }]
        let known = parts.compactMap(\.self)
        return known.isEmpty ? nil : known.joined(separator: ", ")
    }
}
