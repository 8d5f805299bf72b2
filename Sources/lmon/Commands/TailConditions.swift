import LmonModel
import LmonRecord

/// What ends a tail, judged after each record among what the filter lets through.
struct TailConditions: Sendable {
    enum Verdict: Hashable, Sendable {
        case enough
        /// What matched, by its name.
        case reached(String)
        case failed(String)
    }

    let limit: Int?
    let until: Filter?
    let failOn: Filter?
    private(set) var count = 0

    private let filter: Filter?
    /// Nothing is printed from these, so little needs to wait.
    private static let limits: RecordGate.Limits = {
        var limits = RecordGate.Limits()
        limits.bytes = 1 << 20
        return limits
    }()
    private var counted: Set<InvocationID> = []
    private var untilGate: RecordGate?
    private var failGate: RecordGate?

    init(filter: Filter?, count: Int?, until: Filter?, failOn: Filter?) {
        self.filter = filter
        self.limit = count
        self.until = until
        self.failOn = failOn
        func gate(_ condition: Filter?) -> RecordGate? {
            condition.map { condition in
                RecordGate(filter.map { $0.and(condition) } ?? condition, limits: Self.limits)
            }
        }
        self.untilGate = gate(until)
        self.failGate = gate(failOn)
    }

    /// The verdict after a record was folded; a failure comes before success, and both before the count.
    mutating func verdict(after record: Record, _ change: ModelChange, in model: Model) -> Verdict? {
        let failing = self.failGate?.records(after: record, change, in: model) ?? []
        if !failing.isEmpty { return .failed(Self.name(record, change)) }
        let reaching = self.untilGate?.records(after: record, change, in: model) ?? []
        if !reaching.isEmpty { return .reached(Self.name(record, change)) }
        self.note(record, change, model)
        return self.limit.map { self.count >= $0 } == true ? .enough : nil
    }

    /// The same once nothing comes any more: what was waited for will not change.
    mutating func verdictAtEnd(in model: Model) -> Verdict? {
        if let record = self.failGate?.finish(in: model).first { return .failed(Self.name(record, nil)) }
        if let record = self.untilGate?.finish(in: model).first { return .reached(Self.name(record, nil)) }
        return nil
    }

    private mutating func note(_ record: Record, _ change: ModelChange, _ model: Model) {
        // The report follows a moment after the runtime is done, and belongs to what was waited for.
        guard record.type != .runtimeDone, let id = change.finished, !id.isInitialization, !self.counted.contains(id)
        else { return }
        if let filter {
            let isMatch =
                model.invocation(id).map { filter.matches($0) } ?? model.summary(id).flatMap { filter.matches($0) }
            guard isMatch == true else { return }
        }
        self.counted.insert(id)
        self.count += 1
    }

    private static func name(_ record: Record, _ change: ModelChange?) -> String {
        guard let id = record.requestID ?? change?.row?.invocationID?.requestID else {
            return "\(record.function) \(record.type)"
        }
        return "\(record.function) \(id)"
    }
}
