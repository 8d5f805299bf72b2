package import LmonRecord

/// Two runs of a function beside each other: what came in, what it called, how long it took, what came out.
package struct Comparison: Hashable, Sendable {
    package let before: Run
    package let after: Run
    package let event: BodyComparison
    package let result: BodyComparison
    package let calls: [CallComparison]
    package let measures: [Measure]

    /// Which run, and how it ended.
    package struct Run: Hashable, Sendable {
        package let id: InvocationID
        package let function: String
        package let time: Timestamp
        package let state: InvocationState
        package let error: String?
        package let isCold: Bool?
        package let duration: Double?
        package let calls: Int
    }

    /// A number of both; nil where it is not known.
    package struct Measure: Hashable, Sendable {
        package enum Unit: Hashable, Sendable {
            case milliseconds, megabytes, count
        }

        package let name: String
        package let before: Double?
        package let after: Double?
        package let unit: Unit
    }

    package init(_ before: Invocation, _ after: Invocation) {
        self.before = Run(before)
        self.after = Run(after)
        self.event = BodyComparison(before.event, after.event)
        self.result = BodyComparison(before.result, after.result)
        self.calls = CallComparison.all(before.calls, after.calls)
        self.measures = Self.measures(before, after)
    }

    private static func measures(_ before: Invocation, _ after: Invocation) -> [Measure] {
        func measure(_ name: String, _ unit: Measure.Unit, _ value: (Invocation) -> Double?) -> Measure? {
            let (left, right) = (value(before), value(after))
            return left == nil && right == nil ? nil : Measure(name: name, before: left, after: right, unit: unit)
        }
        return [
            measure("duration", .milliseconds) { $0.duration },
            measure("handler", .milliseconds) { $0.handlerDuration },
            measure("init", .milliseconds) {
                $0.isCold == false ? nil : $0.initDuration ?? $0.initialization?.duration
            },
            measure("billed", .milliseconds) { $0.billedDuration },
            measure("memory", .megabytes) { $0.memoryUsed.map(Double.init) },
            measure("calls", .count) { Double($0.calls.count) },
            measure("failed calls", .count) { $0.failedCalls == 0 ? nil : Double($0.failedCalls) },
            measure("log lines", .count) { Double($0.logs.count) },
        ].compactMap { $0 }
    }

    package func calls(_ isWanted: (CallComparison.Pair) -> Bool) -> Int {
        self.calls.reduce(0) { $0 + (isWanted($1.pair) ? 1 : 0) }
    }

    package var newCalls: Int { self.calls { if case .new = $0 { true } else { false } } }
    package var goneCalls: Int { self.calls { if case .gone = $0 { true } else { false } } }
}

extension Comparison.Run {
    init(_ invocation: Invocation) {
        self.id = invocation.id
        self.function = invocation.function
        self.time = invocation.time
        self.state = invocation.state
        self.error = invocation.errorType.map { type in
            invocation.errorMessage.map { "\(type): \($0)" } ?? type
        }
        self.isCold = invocation.isCold
        self.duration = invocation.duration
        self.calls = invocation.calls.count
    }
}
