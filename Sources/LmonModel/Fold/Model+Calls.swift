import LmonRecord

/// Records of HTTP calls.
extension Model {
    /// Ends within so many milliseconds of the handler's are the same moment on two clocks.
    static let tolerance = 2.0

    mutating func applyCall(_ record: Record, _ part: RecordKind.CallPart, _ environment: Int) -> ModelChange {
        let payload = CallPayload(record)
        guard let callID = payload.callID else { return self.applyUnknown(record, environment) }
        let (named, isNew) = self.slot(of: record, named: record.requestID, environment)
        let slot = part == .request ? named : self.slot(ofCall: callID, named, environment)
        guard let detail = self.detail(slot) else { return self.patchCalls(slot, part) }
        guard let index = self.callIndex(callID, detail) else { return self.change(slot, isNew: isNew) }
        let before = self.limits.sumsUp ? CallTally(&self.details[detail].calls[index]) : nil
        switch part {
        case .request: self.details[detail].calls[index].apply(request: payload, record)
        case .response: self.details[detail].calls[index].apply(response: payload)
        case .end: self.details[detail].calls[index].apply(end: payload, record)
        }
        if self.limits.sumsUp, let after = CallTally(&self.details[detail].calls[index]) {
            self.statistics.replace(before, by: after, function: self.details[detail].function)
        }
        let place = part == .request ? self.place(index, detail) : index
        if part != .response { self.judge(place, detail, environment) }
        return self.touched(slot, isNew: isNew)
    }

    /// The index of a call in its invocation, which is added if it is new; nil beyond the limit.
    private mutating func callIndex(_ callID: String, _ detail: Int) -> Int? {
        if let index = self.details[detail].calls.lastIndex(where: { $0.id == callID }) { return index }
        guard self.details[detail].calls.count < self.limits.itemsPerInvocation else {
            self.details[detail].omitted += 1
            return nil
        }
        self.details[detail].calls.append(Call(id: callID, invocation: self.details[detail].id))
        return self.details[detail].calls.count - 1
    }

    /// A call belongs where it started, also if a later record of it names another invocation.
    private func slot(ofCall callID: String, _ named: Int32, _ environment: Int) -> Int32 {
        func holds(_ slot: Int32) -> Bool {
            guard let detail = self.detail(slot) else { return false }
            return self.details[detail].calls.lastIndex { $0.id == callID } != nil
        }
        if holds(named) { return named }
        for start in self.environments[environment].starts.suffix(8).reversed() where holds(start.slot) {
            return start.slot
        }
        if let bucket = self.environments[environment].initialization, holds(bucket) { return bucket }
        return named
    }

    /// Moves a call whose start is now known to its place in the order of starts; returns that place.
    private mutating func place(_ index: Int, _ detail: Int) -> Int {
        var place = index
        while place > 0, self.details[detail].calls[place].startsBefore(self.details[detail].calls[place - 1]) {
            self.details[detail].calls.swapAt(place, place - 1)
            place -= 1
        }
        let last = self.details[detail].calls.count - 1
        while place < last, self.details[detail].calls[place + 1].startsBefore(self.details[detail].calls[place]) {
            self.details[detail].calls.swapAt(place, place + 1)
            place += 1
        }
        return place
    }

    private mutating func patchCalls(_ slot: Int32, _ part: RecordKind.CallPart) -> ModelChange {
        guard slot >= 0 else { return self.partial(slot) }
        if part == .request { self.slots[Int(slot)].summary?.calls += 1 }
        var change = self.partial(slot)
        change.finished = self.slots[Int(slot)].id
        return change
    }

    // MARK: Late ones

    /// Says whether a call ended after its invocation, or was open while the environment stood still.
    mutating func judge(_ index: Int, _ detail: Int, _ environment: Int) {
        let verdict = Self.verdict(&self.details[detail], index, &self.environments[environment])
        guard var lateness = verdict.lateness else {
            if self.details[detail].calls[index].lateness != nil { self.details[detail].calls[index].lateness = nil }
            return
        }
        lateness.endedIn = verdict.endedIn.flatMap { $0 < 0 ? nil : self.slots[Int($0)].id }
        self.details[detail].calls[index].lateness = lateness
    }

    /// Takes its subjects through `inout`, since anything else copies all of them.
    private static func verdict(
        _ invocation: inout Invocation,
        _ index: Int,
        _ environment: inout EnvironmentFold
    ) -> (lateness: Call.Lateness?, endedIn: Int32?) {
        let end = invocation.calls[index].end
        var lateness = Call.Lateness()
        if let start = invocation.calls[index].startSequence {
            let last = invocation.calls[index].endSequence ?? .max
            lateness.crossedFreeze = environment.froze(after: start, before: last)
        }
        let over = invocation.id.isInitialization ? invocation.initialization?.end : invocation.handlerEnd
        // A handler that was stopped had no say in what it left behind.
        let isItsOwn = invocation.runtimeStatus.map { !$0.isFailure } ?? true
        let isAfter = isItsOwn && over.map { Self.isAfter($0, &invocation.calls[index]) } ?? false
        guard isAfter || lateness.crossedFreeze else { return (nil, nil) }
        guard let end else { return (lateness, nil) }
        let own = invocation.start ?? .distantPast
        return (lateness, environment.starts.last { $0.time <= end && $0.time > own }?.slot)
    }

    private static func isAfter(_ over: Timestamp, _ call: inout Call) -> Bool {
        // An answer that nobody reads is closed at the freeze, but it came in time.
        if call.outcome == .unread { return false }
        guard let end = call.end else { return call.isInFlight }
        return end.milliseconds(since: over) > Self.tolerance
    }

    /// A new start may be where a late call of the invocations before it ended.
    mutating func judgeCalls(endingIn mark: EnvironmentFold.StartMark, _ environment: Int) {
        self.judgeRecentCalls(environment) { call in call.lateness != nil && (call.end ?? mark.time) >= mark.time }
    }

    mutating func judgeRecentCalls(_ environment: Int, where matches: (Call) -> Bool) {
        var slots = self.environments[environment].starts.suffix(4).map(\.slot)
        if let bucket = self.environments[environment].initialization { slots.append(bucket) }
        for slot in slots {
            guard let detail = self.detail(slot) else { continue }
            for index in self.details[detail].calls.indices where matches(self.details[detail].calls[index]) {
                self.judge(index, detail, environment)
            }
        }
    }
}

extension Call {
    func startsBefore(_ other: Call) -> Bool {
        switch (self.start, other.start) {
        case (let start?, let otherStart?): start == otherStart ? self.id < other.id : start < otherStart
        case (.some, nil): true
        case (nil, .some): false
        case (nil, nil): self.id < other.id
        }
    }

    mutating func apply(request payload: CallPayload, _ record: Record) {
        self.start = record.time
        self.startSequence = record.sequence
        self.method = payload.method
        self.url = payload.url.map(URLText.init)
        self.requestHeaders = payload.headers
        self.client = payload.client
        self.service = payload.service
        self.operation = payload.operation
        self.attempt = payload.attempt
        self.matchKey = payload.matchKey
        self.requestBody = self.requestBody ?? payload.requestBody
        self.merge(payload)
    }

    mutating func apply(response payload: CallPayload) {
        self.status = payload.status ?? self.status
        self.httpVersion = payload.version ?? self.httpVersion
        self.responseHeaders = payload.headers ?? self.responseHeaders
        self.merge(payload)
    }

    mutating func apply(end payload: CallPayload, _ record: Record) {
        self.end = record.time
        self.endSequence = record.sequence
        self.outcome = payload.outcome.map(Outcome.init) ?? .complete
        self.status = self.status ?? payload.status
        self.requestBody = payload.requestBody ?? self.requestBody
        self.responseBody = payload.responseBody ?? self.responseBody
        if payload.failure != Failure() { self.error = payload.failure }
        self.sizes = payload.sizes
        self.merge(payload, isEnd: true)
    }

    /// What several of a call's records may tell: the end's word is last, whatever came last.
    private mutating func merge(_ payload: CallPayload, isEnd: Bool = false) {
        if isEnd || self.endSequence == nil {
            self.connection = payload.connection ?? self.connection
            self.timings = payload.timings.filled(from: self.timings)
        } else {
            self.connection = self.connection ?? payload.connection
            self.timings = self.timings.filled(from: payload.timings)
        }
    }
}

extension Call.Timings {
    /// These, and those of `other` where these are nil.
    func filled(from other: Call.Timings) -> Call.Timings {
        var timings = self
        timings.dns = timings.dns ?? other.dns
        timings.connect = timings.connect ?? other.connect
        timings.tls = timings.tls ?? other.tls
        timings.firstByte = timings.firstByte ?? other.firstByte
        timings.end = timings.end ?? other.end
        return timings
    }
}

extension Timestamp {
    static let distantPast = Timestamp(microseconds: .min)
}
