import LmonRecord

/// What fields may be compared with: words that are known, and values that were seen. Bounded; what was seen last
/// comes first.
package struct FilterVocabulary: Hashable, Sendable {
    package var functions: [String] = []
    package private(set) var hosts: [String] = []
    package private(set) var methods: [String] = []
    package private(set) var statuses: [Int] = []

    /// Of each kind.
    package static let limit = 64
    /// Calls of one invocation that are looked at: the newest.
    package static let glance = 256

    package init() {}

    package mutating func note(_ call: Call) {
        if let host = call.url?.host, !host.isEmpty { Self.add(String(host), to: &self.hosts) }
        if let method = call.method, !method.isEmpty { Self.add(method, to: &self.methods) }
        if let status = call.status { Self.add(status, to: &self.statuses) }
    }

    package mutating func note(_ invocation: Invocation) {
        for call in invocation.calls.suffix(Self.glance) { self.note(call) }
    }

    private static func add<Value: Equatable>(_ value: Value, to values: inout [Value]) {
        guard !values.contains(value) else { return }
        values.insert(value, at: 0)
        if values.count > Self.limit { values.removeLast() }
    }

    // MARK: Values

    func values(of field: FilterField, _ comparison: FilterOperator) -> [String] {
        switch field.key {
        case .function: self.functions
        case .host: self.hosts
        case .method: self.methods + Self.knownMethods.filter { !self.methods.contains($0) }
        case .status: self.statusValues(comparison)
        case .level: ["error", "warn", "info", "debug", "trace", "fatal"]
        case .outcome: Self.outcomes(field.name)
        case .type: Self.types.map(\.rawValue)
        default: []
        }
    }

    private static let knownMethods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]

    /// Classes, where they can be compared with, and what was seen.
    private func statusValues(_ comparison: FilterOperator) -> [String] {
        let isClass = comparison == .equal || comparison == .notEqual
        let general = isClass ? ["5xx", "4xx", "3xx", "2xx"] : ["500", "400", "300", "200"]
        let seen = self.statuses.sorted().map(String.init)
        return general + seen.filter { !general.contains($0) }
    }

    private static func outcomes(_ name: String) -> [String] {
        let calls: [Call.Outcome] = [.complete, .unread, .aborted, .error]
        let names = calls.map(\.description)
        let invocations = ["success", "failure", "error", "timeout", "handlerError"]
        if name.hasPrefix("call.") { return names }
        return name.hasPrefix("invocation.") ? invocations : invocations + names.filter { !invocations.contains($0) }
    }

    private static let types: [RecordType] = [
        .function, .extension, .httpRequest, .httpResponse, .httpEnd, .start, .runtimeDone, .report, .initStart,
        .initReport,
    ]
}
