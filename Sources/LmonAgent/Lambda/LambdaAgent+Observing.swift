import LmonHTTP
import LmonJSON
import LmonRecord

extension LambdaAgent {
    /// What the ingest brings: interceptors' events and Lambda's telemetry.
    func receive(_ observation: Observation) {
        var observation = observation
        if observation.type == .restoreStart { self.restored() }
        guard !self.isEarly(observation) else { return self.keepEarly(observation) }
        observation.environment = self.environment
        if observation.type == .start { self.logging = observation.requestID }
        if observation.type == .function, observation.requestID == nil { observation.requestID = self.logging }
        self.admit(observation)
        self.shipSoon()
        switch observation.type {
        case .handlerEnd: if let requestID = observation.requestID { self.handlerEnded(requestID, observation) }
        case .runtimeDone: if let requestID = observation.requestID { self.runtimeDone(requestID, observation) }
        default: break
        }
    }

    /// The same for what the agent sees itself.
    func observe(_ type: RecordType, at time: Timestamp, requestID: String?, _ payload: [UInt8]) {
        self.admit(
            Observation(
                environment: self.environment,
                function: self.configuration.function.name,
                time: time,
                type: type,
                requestID: requestID,
                payload: payload
            )
        )
    }

    func tell(_ type: RecordType, at time: Timestamp, _ payload: [UInt8]) {
        self.observe(type, at: time, requestID: nil, payload)
    }

    // MARK: Calls before their invocation

    /// The runtime may have its event, and call somebody, before this has its own: where a sender does not say which invocation
    /// a call belongs to, one that comes after the end of the last is likely to be of the next.
    private func isEarly(_ observation: Observation) -> Bool {
        guard observation.requestID == nil, observation.type.isOfCall else { return false }
        if !self.early.isEmpty { return true }
        guard let end = self.current.endedAt, self.machine?.isHolding == false else { return false }
        return observation.type == .httpRequest && observation.time > end
    }

    private func keepEarly(_ observation: Observation) {
        self.early.append(observation)
        guard self.early.count == 1 else { return }
        self.loop.schedule(after: .milliseconds(100)) { [weak self] in self?.releaseEarly() }
    }

    /// The next invocation is here, or none came: then they are late ones of the last.
    func releaseEarly() {
        let early = self.early
        self.early = []
        for var observation in early {
            observation.environment = self.environment
            self.admit(observation)
        }
        if !early.isEmpty { self.shipSoon() }
    }

    private func admit(_ observation: Observation) {
        let isOfCall = observation.type.isOfCall
        for each in self.sampler.admit(observation, current: isOfCall ? self.current.requestID : nil) {
            self.core.observe(each)
        }
    }

    // MARK: Signals

    private func handlerEnded(_ requestID: String, _ observation: Observation) {
        if requestID == self.current.requestID {
            self.current.isError = Self.status(observation).map { $0 == "error" }
            self.current.endedAt = self.current.endedAt ?? observation.time
        }
        self.handle(.handlerEnded(requestID))
        self.tellUnheld(requestID)
    }

    private func runtimeDone(_ requestID: String, _ observation: Observation) {
        if requestID == self.current.requestID {
            if let status = Self.status(observation), status != "success" { self.current.isError = true }
            self.current.endedAt = self.current.endedAt ?? observation.time
        }
        self.handle(.runtimeDone(requestID))
        self.tellUnheld(requestID)
    }

    /// What an invocation cost that was let go before its end.
    private func tellUnheld(_ requestID: String) {
        // One that is not the current one any more was let go as well; one that has not begun here may be held yet.
        guard self.begun.contains(requestID),
            requestID != self.current.requestID || self.machine?.isHolding == false
        else { return }
        self.tellOverhead(requestID, heldFor: nil, at: SystemClock.now())
    }

    private static func status(_ observation: Observation) -> String? {
        (try? JSONValue(parsing: observation.payload))?["status"]?.string
    }

    /// A snapshot is restored into many environments: each is its own, and its numbers begin anew.
    private func restored() {
        self.environment = Self.newEnvironment()
        self.tell(.environment, at: SystemClock.now(), self.description)
    }

    // MARK: Deliveries

    func delivered(_ note: DeliveryNote) {
        let payload = JSONWriter.object {
            $0.member("sink", note.sink)
            $0.member("records", note.records)
            $0.member("bytes", note.bytes)
            $0.key("ms")
            $0.thousandths(Int(note.milliseconds * 1000))
            $0.member("outcome", note.outcome)
            $0.member("status", note.status)
            $0.member("message", note.message)
        }
        self.tell(.delivery, at: SystemClock.now(), payload)
        let isNew = self.outcomes.updateValue(note.outcome, forKey: note.sink) != note.outcome
        self.log.say(
            isNew ? .info : .debug,
            "\(note.sink): \(note.records) records, \(note.bytes) bytes \(note.outcome)"
                + (note.message.map { ": \($0)" } ?? "")
        )
    }
}

extension RecordType {
    fileprivate var isOfCall: Bool { self == .httpRequest || self == .httpResponse || self == .httpEnd }
}
