import LambdaLifecycle
import LambdaWire
import LmonHTTP
import LmonJSON
import LmonRecord

/// What a caller asks for, whichever way it came.
struct InvokeRequest {
    var reference: FunctionReference
    var event: [UInt8]
    var contentType = "application/json"
    var isAsynchronous = false
    var wantsLogTail = false
    var traceID: String?
    var clientContext: String?
    var tenantID: String?
}

extension Emulator {
    /// The function that a caller means: by name, or as RIE calls its only one.
    func slot(named name: String) -> FunctionSlot? {
        if let slot = self.functions[name] { return slot }
        guard name == "function", self.functions.count == 1 else { return nil }
        return self.functions.values.first
    }

    /// Checks a request and hands it to the function's pool; `answer` is called once, later. Returns the error, and
    /// never calls `answer`, if it is refused at once. The `answer` of an asynchronous one is never called.
    func accept(
        _ request: InvokeRequest,
        requestID: String,
        answer: @escaping @Sendable (Outcome, LogTail?) -> Void
    ) -> InvokeAPIError? {
        let slot: FunctionSlot
        switch self.check(request) {
        case .success(let found): slot = found
        case .failure(let error): return error
        }
        let now = self.now()
        self.reloadIfChanged(slot, at: now)
        let invocation = Invocation(
            requestID: requestID,
            invocationID: self.identifiers.hexadecimal(words: 2),
            event: request.event.isEmpty ? Payload.empty : request.event,
            contentType: request.contentType,
            functionARN: request.reference.qualifier.map { self.arn(slot.function.name, $0) } ?? slot.arn,
            traceID: request.traceID ?? self.identifiers.traceID(seconds: now.milliseconds / 1000),
            clientContext: request.clientContext,
            tenantID: request.tenantID,
            wantsLogTail: request.wantsLogTail,
            isAsynchronous: request.isAsynchronous
        )
        self.keptEvents.keep(invocation.event, requestID)
        self.submit(invocation, slot, answer: request.isAsynchronous ? nil : answer, at: now)
        return nil
    }

    func check(_ request: InvokeRequest) -> Result<FunctionSlot, InvokeAPIError> {
        guard let slot = self.slot(named: request.reference.name) else {
            return .failure(
                .functionNotFound(arn: self.arn(request.reference.name, request.reference.qualifier))
            )
        }
        let limit = request.isAsynchronous ? LambdaLimit.asynchronousEventBytes : LambdaLimit.eventBytes
        guard request.event.count <= limit else {
            return .failure(.tooLarge(bytes: request.event.count, isAsynchronous: request.isAsynchronous))
        }
        guard !request.event.isEmpty else { return .success(slot) }
        var scanner = JSONScanner(request.event)
        do {
            try scanner.skip()
            try scanner.finish()
            return .success(slot)
        } catch { return .failure(.notJSON(error)) }
    }

    func arn(_ function: String, _ qualifier: String?) -> String {
        LambdaName.arn(
            region: self.configuration.region,
            account: self.configuration.account,
            function: function,
            qualifier: qualifier
        )
    }

    private func submit(
        _ invocation: Invocation,
        _ slot: FunctionSlot,
        answer: (@Sendable (Outcome, LogTail?) -> Void)?,
        at now: EpochTime
    ) {
        self.invokers[invocation.requestID] = Invoker(
            invocation: invocation,
            function: slot.function.name,
            answer: answer
        )
        self.perform(slot.pool.submit(invocation, at: now), slot)
    }

    // MARK: Performing

    func perform(_ actions: [PoolMachine.Action], _ slot: FunctionSlot) {
        for action in actions {
            switch action {
            case .open(let number): self.open(number, slot)
            case .invoke(let invocation, let number):
                guard let environment = slot.environments[number] else { continue }
                environment.logTail = invocation.wantsLogTail ? LogTail() : nil
                self.handle(.invoke(invocation), environment, slot)
            case .shutdown(let number, let reason):
                guard let environment = slot.environments[number] else { continue }
                self.handle(.shutdown(reason), environment, slot)
            case .answer(let requestID, let outcome): self.answer(requestID, outcome, tail: nil, slot)
            case .retry(let invocation, let time): self.retry(invocation, at: time, slot)
            case .reap(let time):
                let name = slot.function.name
                self.loop.schedule(after: self.delay(until: time)) {
                    self.assumeIsolated { emulator in
                        guard let slot = emulator.functions[name] else { return }
                        emulator.perform(slot.pool.reap(at: emulator.now()), slot)
                    }
                }
            case .reconsider(let time): self.reconsider(at: time, slot)
            }
        }
    }

    /// At most one timer runs: when it fires and somebody came later, it is set again.
    private func reconsider(at time: EpochTime, _ slot: FunctionSlot) {
        slot.reconsiderAt = time
        guard !slot.isReconsidering else { return }
        slot.isReconsidering = true
        let name = slot.function.name
        self.loop.schedule(after: self.delay(until: time)) {
            self.assumeIsolated { emulator in
                guard let slot = emulator.functions[name] else { return }
                slot.isReconsidering = false
                let now = emulator.now()
                if now < slot.reconsiderAt, slot.pool.queued > 0 { emulator.reconsider(at: slot.reconsiderAt, slot) }
                emulator.perform(slot.pool.reconsider(at: now), slot)
            }
        }
    }

    /// Gives the outcome to whoever waits for it; a failed event is tried again.
    func answer(_ requestID: String, _ outcome: Outcome, tail: LogTail?, _ slot: FunctionSlot) {
        guard let invoker = self.invokers.removeValue(forKey: requestID) else { return }
        invoker.answer?(outcome, tail)
        for continuation in invoker.whenEnded { continuation.resume() }
        if invoker.answer == nil {
            self.perform(slot.pool.finished(invoker.invocation, outcome, at: self.now()), slot)
        }
    }

    private func retry(_ invocation: Invocation, at time: EpochTime, _ slot: FunctionSlot) {
        let again = invocation.repeated(
            attempt: invocation.attempt,
            invocationID: self.identifiers.hexadecimal(words: 2)
        )
        let name = slot.function.name
        self.loop.schedule(after: self.delay(until: time)) {
            self.assumeIsolated { emulator in
                guard !emulator.isStopping, let slot = emulator.functions[name] else { return }
                emulator.submit(again, slot, answer: nil, at: emulator.now())
            }
        }
    }

    func delay(until time: EpochTime) -> Duration {
        .microseconds(max(0, time.microseconds - self.now().microseconds))
    }

    // MARK: Reloading

    /// Looks at the code before an invocation, unless it just did: so seldom that looking costs at most a fiftieth of the
    /// time, so often that who saves a file and invokes at once gets what was saved.
    private func reloadIfChanged(_ slot: FunctionSlot, at now: EpochTime) {
        guard slot.watch != nil, slot.nextLook <= now else { return }
        let hasChanged = slot.watch?.changes().isEmpty == false
        let cost = self.now().microseconds - now.microseconds
        slot.nextLook = EpochTime(microseconds: now.microseconds + max(5_000, 50 * cost))
        if hasChanged { self.perform(slot.pool.retireAll(), slot) }
    }
}
