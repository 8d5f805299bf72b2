/// A row that the model has let go, with what a filter may ask of it.
package struct ArchivedRow: Hashable, Sendable {
    package let row: ListRow
    package let facts: RowFacts

    package init(_ row: ListRow, _ facts: RowFacts = RowFacts()) {
        self.row = row
        self.facts = facts
    }
}

/// What comparisons ask of an invocation besides its summary: numbers and names, no bodies, headers or log texts.
package struct RowFacts: Hashable, Sendable {
    /// Without headers and bodies.
    package var calls: [Call] = []
    package var logs = 0
    /// A bit for each level that a log line has, by its raw value; bit 7 for lines without one.
    package var levels: UInt8 = 0
    /// MB.
    package var memoryUsed: Int?
    package var memoryLimit: Int?
    package var billedDuration: Double?
    package var errorType: String?
    package var version: String?

    package init() {}

    init(_ invocation: borrowing Invocation) {
        self.calls = invocation.calls.map(\.bare)
        self.logs = invocation.logs.count
        for line in invocation.logs { self.levels |= line.level.map { 1 << $0.rawValue } ?? 0x80 }
        self.memoryUsed = invocation.memoryUsed
        self.memoryLimit = invocation.memoryLimit
        self.billedDuration = invocation.billedDuration
        self.errorType = invocation.errorType
        self.version = invocation.version
    }

    /// The levels of its log lines, nil for those that have none, each once.
    var logLevels: [LogLevel?] {
        var levels: [LogLevel?] = self.levels & 0x80 == 0 ? [] : [nil]
        for value in UInt8(0)..<7 where self.levels & (1 << value) != 0 { levels.append(LogLevel(rawValue: value)) }
        return levels
    }
}

extension Call {
    /// Without headers, bodies and words that only a search looks at.
    fileprivate var bare: Call {
        var call = Call(id: self.id, invocation: self.invocation)
        call.method = self.method
        call.url = self.url
        call.client = self.client
        call.service = self.service
        call.operation = self.operation
        call.attempt = self.attempt
        call.status = self.status
        call.connection = self.connection
        call.start = self.start
        call.end = self.end
        call.timings = self.timings
        call.sizes.request = self.requestSize
        call.sizes.response = self.responseSize
        call.outcome = self.outcome
        call.error = self.error
        call.isCut = self.isCut
        call.lateness = self.lateness
        return call
    }
}
