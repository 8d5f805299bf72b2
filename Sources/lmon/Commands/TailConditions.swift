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
    /// Whether it waits for the last word on an invocation: its yes may turn into a no until then.
    private let isLate: Bool
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
        self.isLate = filter?.mayTurnFalse ?? false
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

    /// An invocation is done, and counts, once its handler has ended: of a deployed function Lambda's report comes only with
    /// the environment's next invocation, too late for whoever waits for one. Where the runtime's end is the first that is
    /// told, it counts with what comes next: on this machine the report, which belongs to what was waited for.
    private mutating func note(_ record: Record, _ change: ModelChange, _ model: Model) {
        guard record.type != .runtimeDone, let id = change.finished, !id.isInitialization, !self.counted.contains(id)
        else { return }
        if let filter {
            let invocation = model.invocation(id)
            if self.isLate, invocation?.isConcluded == false { return }
            let isMatch = invocation.map { filter.matches($0) } ?? model.summary(id).flatMap { filter.matches($0) }
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
