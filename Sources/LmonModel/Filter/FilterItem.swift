import LmonRecord

/// A call, a log line or another record as the subject of a filter.
struct FilterItem {
    enum Kind {
        case call(Call)
        case log(LogLine)
        case other
    }

    let kind: Kind
    let function: String
    let environment: String
    let types: [String]
    private let record: Record?

    init(_ kind: Kind, function: String, environment: String) {
        self.kind = kind
        self.function = function
        self.environment = environment
        self.types =
            switch kind {
            case .call(let call): call.recordTypes
            case .log(let line): [line.source == .function ? "function" : "extension"]
            case .other: []
            }
        self.record = nil
    }

    /// The call of an `http.*` record with all that is known of it; without its invocation only what the record says.
    init(_ record: Record, _ invocation: Invocation?) {
        self.kind = Self.kind(record, invocation)
        self.function = record.function
        self.environment = record.environment
        self.types = [record.type.rawValue]
        self.record = record
    }

    private static func kind(_ record: Record, _ invocation: Invocation?) -> Kind {
        switch RecordKind.of(record.type) {
        case .log(let source): return .log(LogLine(record, source: source))
        case .call(let part):
            let payload = CallPayload(record)
            guard let id = payload.callID else { return .other }
            if let known = invocation?.calls.last(where: { $0.id == id }) { return .call(known) }
            let bucket = InvocationID(environment: record.environment, requestID: record.requestID)
            var call = Call(id: id, invocation: bucket)
            switch part {
            case .request: call.apply(request: payload, record)
            case .response: call.apply(response: payload)
            case .end: call.apply(end: payload, record)
            }
            return .call(call)
        default: return .other
        }
    }

    func satisfies(_ condition: FilterCondition, _ invocation: Invocation?) -> Bool {
        if case .found(let pattern) = condition.test { return self.holds(pattern) }
        switch condition.field?.key {
        case .function: return condition.holds(self.function)
        case .environment: return condition.holds(environment: self.environment)
        case .requestID where invocation == nil: return condition.holds(self.record?.requestID)
        default: break
        }
        if condition.level == .subject {
            switch self.kind {
            case .call(let call): return call.satisfies(condition)
            case .log(let line): return line.satisfies(condition)
            case .other: break
            }
        }
        return invocation?.satisfies(condition) ?? false
    }

    private func holds(_ pattern: TextPattern) -> Bool {
        if pattern.isFound(in: self.function) || pattern.isFound(in: self.environment) { return true }
        if let record {
            return pattern.isFound(in: record.requestID) || pattern.isFound(in: record.type.rawValue)
                || pattern.isFound(in: record.payload)
        }
        switch self.kind {
        case .call(let call): return pattern.isFound(in: call)
        case .log(let line): return pattern.isFound(in: line)
        case .other: return false
        }
    }
}
