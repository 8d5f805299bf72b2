import LmonModel
import LmonRecord

/// A row of the list as bytes. What is read more often comes first: a reader may stop before the facts.
enum RowCode {
    static func encode(_ row: ArchivedRow) -> [UInt8] {
        var writer = ByteWriter()
        switch row.row {
        case .invocation(let summary):
            writer.add(UInt8(1))
            writer.add(summary)
        case .lifecycle(let event):
            writer.add(UInt8(2))
            writer.add(event)
        }
        writer.add(row.facts)
        return writer.bytes
    }

    static func encode(_ totals: SessionTotals) -> [UInt8] {
        var writer = ByteWriter()
        writer.add(totals)
        return writer.bytes
    }

    /// Nil if it cannot be read.
    static func row(_ bytes: UnsafeRawBufferPointer) -> ListRow? {
        var reader = ByteReader(bytes)
        return try? reader.row()
    }

    static func archivedRow(_ bytes: UnsafeRawBufferPointer) -> ArchivedRow? {
        var reader = ByteReader(bytes)
        guard let row = try? reader.row(), let facts = try? reader.facts(row.id.invocationID) else { return nil }
        return ArchivedRow(row, facts)
    }

    static func totals(_ bytes: UnsafeRawBufferPointer) -> SessionTotals? {
        var reader = ByteReader(bytes)
        return try? reader.totals()
    }
}

// MARK: Writing

extension ByteWriter {
    fileprivate mutating func add(_ id: InvocationID) {
        self.add(id.environment)
        self.add(id.requestID)
        self.add(id.attempt)
    }

    fileprivate mutating func add(_ time: Timestamp) { self.add(Int(time.microseconds)) }

    fileprivate mutating func add(_ summary: InvocationSummary) {
        self.add(summary.id)
        self.add(summary.function)
        self.add(summary.time)
        self.add(summary.state)
        self.add(summary.duration)
        self.add(summary.deadline) { $0.add($1) }
        self.add(summary.calls)
        self.add(summary.failedCalls)
        self.add(summary.isCold)
        self.add(summary.initDuration)
        self.add(summary.note)
    }

    private mutating func add(_ state: InvocationState) {
        switch state {
        case .inFlight: self.add(UInt8(0))
        case .finished(let status):
            switch status {
            case .success: self.add(UInt8(1))
            case .failure: self.add(UInt8(2))
            case .error: self.add(UInt8(3))
            case .timeout: self.add(UInt8(4))
            case .handlerError: self.add(UInt8(5))
            case .unobserved: self.add(UInt8(6))
            case .other(let name):
                self.add(UInt8(7))
                self.add(name)
            }
        }
    }

    fileprivate mutating func add(_ event: LifecycleEvent) {
        switch event.id {
        case .invocation(let id), .initialization(let id):
            self.add(true)
            self.add(id)
        case .event(let environment, let sequence):
            self.add(false)
            self.add(environment)
            self.add(sequence)
        }
        self.add(UInt8(LifecycleEvent.Kind.all.firstIndex(of: event.kind) ?? 0))
        self.add(event.environment)
        self.add(event.function)
        self.add(event.time)
        self.add(all: event.parts) { $0.add($1) }
        self.add(UInt8(LifecycleEvent.Emphasis.all.firstIndex(of: event.emphasis) ?? 0))
        self.add(event.detail) { $0.add($1) }
    }

    fileprivate mutating func add(_ facts: RowFacts) {
        self.add(all: facts.calls) { $0.add($1) }
        self.add(facts.logs)
        self.add(facts.levels)
        self.add(facts.memoryUsed)
        self.add(facts.memoryLimit)
        self.add(facts.billedDuration)
        self.add(facts.errorType)
        self.add(facts.version)
    }

    private mutating func add(_ call: Call) {
        self.add(call.id)
        self.add(call.method)
        self.add(call.url?.text)
        self.add(call.client)
        self.add(call.service)
        self.add(call.operation)
        self.add(call.attempt)
        self.add(call.status)
        self.add(call.connection?.isReused)
        self.add(call.start) { $0.add($1) }
        self.add(call.end) { $0.add($1) }
        self.add(call.timings.firstByte)
        self.add(call.timings.end)
        self.add(call.sizes.request)
        self.add(call.sizes.response)
        self.add(call.outcome?.description)
        self.add(call.error) {
            $0.add($1.phase)
            $0.add($1.code)
        }
        self.add(call.isCut)
        self.add(call.lateness) {
            $0.add($1.crossedFreeze)
            $0.add($1.endedIn) { $0.add($1) }
        }
    }

    fileprivate mutating func add(_ totals: SessionTotals) {
        for number in [
            totals.records, totals.invocations, totals.failed, totals.cold, totals.dropped, totals.unknown,
        ] { self.add(number) }
        self.add(totals.p95)
        self.add(totals.lag)
        self.add(all: totals.functions) { $0.add($1) }
        self.add(totals.lastRecordTime) { $0.add($1) }
        self.add(totals.firstRecordTime) { $0.add($1) }
        self.add(totals.sample)
    }
}

// MARK: Reading

extension ByteReader {
    fileprivate mutating func row() throws(Damaged) -> ListRow {
        switch try self.byte() {
        case 1: return .invocation(try self.summary())
        case 2: return .lifecycle(try self.event())
        default: throw Damaged()
        }
    }

    private mutating func id() throws(Damaged) -> InvocationID {
        let environment = try self.string()
        let requestID = try self.optionalString()
        return InvocationID(environment: environment, requestID: requestID, attempt: try self.int())
    }

    private mutating func time() throws(Damaged) -> Timestamp { Timestamp(microseconds: Int64(try self.int())) }

    private mutating func optionalTime() throws(Damaged) -> Timestamp? { try self.flag() ? try self.time() : nil }

    private mutating func summary() throws(Damaged) -> InvocationSummary {
        let id = try self.id()
        let function = try self.string()
        let time = try self.time()
        var summary = InvocationSummary(id: id, function: function, time: time, state: try self.state())
        summary.duration = try self.optionalDouble()
        summary.deadline = try self.optionalTime()
        summary.calls = try self.int()
        summary.failedCalls = try self.int()
        summary.isCold = try self.optionalFlag()
        summary.initDuration = try self.optionalDouble()
        summary.note = try self.optionalString()
        return summary
    }

    private mutating func state() throws(Damaged) -> InvocationState {
        switch try self.byte() {
        case 0: .inFlight
        case 1: .finished(.success)
        case 2: .finished(.failure)
        case 3: .finished(.error)
        case 4: .finished(.timeout)
        case 5: .finished(.handlerError)
        case 6: .finished(.unobserved)
        case 7: .finished(.other(try self.string()))
        default: throw Damaged()
        }
    }

    private mutating func event() throws(Damaged) -> LifecycleEvent {
        let rowID: RowID
        if try self.flag() {
            rowID = .initialization(try self.id())
        } else {
            let environment = try self.string()
            rowID = .event(environment: environment, sequence: try self.int())
        }
        let kind = try self.byte()
        let environment = try self.string()
        let function = try self.string()
        let time = try self.time()
        let parts = try self.all { (reader) throws(Damaged) in try reader.string() }
        let emphasis = try self.byte()
        let detail = try self.flag() ? try self.id() : nil
        guard kind < LifecycleEvent.Kind.all.count, emphasis < LifecycleEvent.Emphasis.all.count else {
            throw Damaged()
        }
        return LifecycleEvent(
            id: rowID,
            kind: .all[Int(kind)],
            environment: environment,
            function: function,
            time: time,
            parts: parts,
            emphasis: .all[Int(emphasis)],
            detail: detail
        )
    }

    fileprivate mutating func facts(_ id: InvocationID?) throws(Damaged) -> RowFacts {
        let id = id ?? InvocationID(environment: "", requestID: nil)
        var facts = RowFacts()
        facts.calls = try self.all { (reader) throws(Damaged) in try reader.call(id) }
        facts.logs = try self.int()
        facts.levels = try self.byte()
        facts.memoryUsed = try self.optionalInt()
        facts.memoryLimit = try self.optionalInt()
        facts.billedDuration = try self.optionalDouble()
        facts.errorType = try self.optionalString()
        facts.version = try self.optionalString()
        return facts
    }

    private mutating func call(_ invocation: InvocationID) throws(Damaged) -> Call {
        var call = Call(id: try self.string(), invocation: invocation)
        call.method = try self.optionalString()
        call.url = try self.optionalString().map { URLText($0) }
        call.client = try self.optionalString()
        call.service = try self.optionalString()
        call.operation = try self.optionalString()
        call.attempt = try self.optionalInt()
        call.status = try self.optionalInt()
        if let isReused = try self.optionalFlag() {
            call.connection = Call.Connection()
            call.connection?.isReused = isReused
        }
        call.start = try self.optionalTime()
        call.end = try self.optionalTime()
        call.timings.firstByte = try self.optionalDouble()
        call.timings.end = try self.optionalDouble()
        call.sizes.request = try self.optionalInt()
        call.sizes.response = try self.optionalInt()
        call.outcome = try self.optionalString().map { Call.Outcome($0) }
        if try self.flag() {
            var failure = Call.Failure()
            failure.phase = try self.optionalString()
            failure.code = try self.optionalString()
            call.error = failure
        }
        call.isCut = try self.flag()
        if try self.flag() {
            var lateness = Call.Lateness()
            lateness.crossedFreeze = try self.flag()
            lateness.endedIn = try self.flag() ? try self.id() : nil
            call.lateness = lateness
        }
        return call
    }

    fileprivate mutating func totals() throws(Damaged) -> SessionTotals {
        var totals = SessionTotals()
        totals.records = try self.int()
        totals.invocations = try self.int()
        totals.failed = try self.int()
        totals.cold = try self.int()
        totals.dropped = try self.int()
        totals.unknown = try self.int()
        totals.p95 = try self.optionalDouble()
        totals.lag = try self.optionalDouble()
        totals.functions = try self.all { (reader) throws(Damaged) in try reader.string() }
        totals.lastRecordTime = try self.optionalTime()
        totals.firstRecordTime = try self.optionalTime()
        // Files of earlier versions end here.
        totals.sample = (try? self.optionalDouble()) ?? nil
        return totals
    }
}

extension LifecycleEvent.Kind {
    /// By their numbers in a file: add at the end only.
    fileprivate static let all: [Self] = [
        .initialization, .shutdown, .delivery, .dropped, .interceptor, .extension, .unknown,
    ]
}

extension LifecycleEvent.Emphasis {
    fileprivate static let all: [Self] = [.plain, .failed, .warning, .lmon]
}
