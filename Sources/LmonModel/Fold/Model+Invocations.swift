import LmonRecord

/// Records of one invocation's course.
extension Model {
    mutating func applyStart(_ record: Record, _ environment: Int) -> ModelChange {
        let payload = PlatformPayload(record)
        guard let requestID = record.requestID ?? payload.requestID else {
            return self.applyUnknown(record, environment)
        }
        let (slot, isNew) = self.slot(opening: requestID, record, environment) { $0.start != nil }
        let mark = EnvironmentFold.StartMark(sequence: record.sequence, slot: slot, time: record.time)
        let previous = self.environments[environment].noteStart(mark)
        if let detail = self.detail(slot) {
            self.details[detail].start = record.time
            self.details[detail].traceHeader = payload.trace ?? self.details[detail].traceHeader
            self.details[detail].functionARN = payload.functionARN ?? self.details[detail].functionARN
            self.details[detail].version = payload.version
        }
        self.abandonBefore(mark, previous, environment)
        self.judgeTemperature(mark, previous, environment)
        let id = self.slots[Int(slot)].id
        self.environments[environment].enter(.running(id), record)
        // Its end may have been told before its start.
        if self.slots[Int(slot)].counted.isFailed {
            self.environments[environment].status.lane.mark(id, startedAt: record.time, isFailed: true)
        }
        self.judgeCalls(endingIn: mark, environment)
        return self.settle(slot, isNew: isNew)
    }

    mutating func applyRuntimeDone(_ record: Record, _ environment: Int) -> ModelChange {
        let payload = PlatformPayload(record)
        let (slot, isNew) = self.slot(of: record, named: record.requestID ?? payload.requestID, environment)
        self.environments[environment].enter(.idle, record)
        let status = InvocationStatus(lambda: payload.status ?? "success")
        guard let detail = self.detail(slot) else {
            return self.patch(slot, status: status, duration: payload.metrics.duration)
        }
        self.details[detail].handlerEnd = record.time
        self.details[detail].runtimeStatus = status
        self.details[detail].runtimeErrorType = payload.errorType
        self.details[detail].handlerDuration = payload.metrics.duration
        self.details[detail].producedBytes = payload.metrics.producedBytes
        self.details[detail].spans.insert(contentsOf: payload.spans, at: 0)
        for index in self.details[detail].calls.indices { self.judge(index, detail, environment) }
        return self.settle(slot, isNew: isNew)
    }

    /// What an interceptor says before Lambda does; Lambda's word replaces it, but for an error, of which Lambda tells nothing.
    mutating func applyHandlerEnd(_ record: Record, _ environment: Int) -> ModelChange {
        let payload = PlatformPayload(record)
        let (slot, isNew) = self.slot(of: record, named: record.requestID, environment)
        guard let detail = self.detail(slot) else { return self.partial(slot) }
        let isError = payload.status == "error"
        guard self.details[detail].runtimeStatus == nil, self.details[detail].reportStatus == nil else {
            guard isError else { return self.touched(slot, isNew: isNew) }
            self.details[detail].handlerStatus = .handlerError
            return self.settle(slot, isNew: isNew)
        }
        self.environments[environment].enter(.idle, record)
        self.details[detail].handlerEnd = record.time
        self.details[detail].handlerStatus = isError ? .handlerError : .success
        for index in self.details[detail].calls.indices { self.judge(index, detail, environment) }
        return self.settle(slot, isNew: isNew)
    }

    mutating func applyReport(_ record: Record, _ environment: Int) -> ModelChange {
        let payload = PlatformPayload(record)
        let (slot, isNew) = self.slot(of: record, named: record.requestID ?? payload.requestID, environment)
        let status = InvocationStatus(lambda: payload.status ?? "success")
        let metrics = payload.metrics
        self.environments[environment].noteMemory(metrics.memoryUsed, limit: metrics.memoryLimit, record.sequence)
        guard let detail = self.detail(slot) else {
            return self.patch(slot, status: status, duration: metrics.duration)
        }
        self.details[detail].reportStatus = status
        self.details[detail].reportErrorType = payload.errorType
        self.details[detail].reportDuration = payload.metrics.duration
        self.details[detail].billedDuration = payload.metrics.billed
        self.details[detail].memoryLimit = payload.metrics.memoryLimit
        self.details[detail].memoryUsed = payload.metrics.memoryUsed
        self.details[detail].initDuration = payload.metrics.initDuration
        self.details[detail].restoreDuration = payload.metrics.restoreDuration
        self.details[detail].spans.append(contentsOf: payload.spans)
        // Lambda reports it on the first invocation only.
        if payload.metrics.initDuration != nil { self.details[detail].isCold = true }
        return self.settle(slot, isNew: isNew)
    }

    mutating func applyInvoke(_ record: Record, _ environment: Int) -> ModelChange {
        let payload = PlatformPayload(record)
        let (slot, isNew) = self.slot(of: record, named: record.requestID ?? payload.requestID, environment)
        guard let detail = self.detail(slot) else { return self.partial(slot) }
        self.details[detail].deadline = payload.deadline ?? self.details[detail].deadline
        self.details[detail].functionARN = payload.functionARN ?? self.details[detail].functionARN
        self.details[detail].traceHeader = payload.trace ?? self.details[detail].traceHeader
        return self.settle(slot, isNew: isNew)
    }

    mutating func applyEvent(_ record: Record, _ environment: Int) -> ModelChange {
        guard let requestID = record.requestID else { return self.applyUnknown(record, environment) }
        let (slot, isNew) = self.slot(opening: requestID, record, environment) { $0.event != nil }
        guard let detail = self.detail(slot) else { return self.partial(slot) }
        let payload = ResultPayload(record)
        self.details[detail].event = payload.body
        self.details[detail].deadline = payload.deadline ?? self.details[detail].deadline
        self.details[detail].functionARN = payload.functionARN ?? self.details[detail].functionARN
        self.details[detail].traceHeader = payload.trace ?? self.details[detail].traceHeader
        return self.settle(slot, isNew: isNew)
    }

    mutating func applyResult(_ record: Record, _ environment: Int) -> ModelChange {
        let (slot, isNew) = self.slot(of: record, named: record.requestID, environment)
        guard let detail = self.detail(slot) else { return self.partial(slot) }
        var payload = ResultPayload(record)
        payload.readErrorFromBody()
        self.details[detail].result = payload.body
        self.details[detail].isHandlerError = payload.isError
        self.details[detail].resultErrorType = payload.errorType
        self.details[detail].errorMessage = payload.errorMessage
        return self.settle(slot, isNew: isNew)
    }

    mutating func applyLog(_ record: Record, _ source: LogLine.Source, _ environment: Int) -> ModelChange {
        let (slot, isNew) = self.slot(of: record, named: record.requestID, environment)
        guard let detail = self.detail(slot) else { return self.partial(slot) }
        guard self.details[detail].logs.count < self.limits.itemsPerInvocation else {
            self.details[detail].omitted += 1
            return self.change(slot, isNew: isNew)
        }
        self.details[detail].logs.append(LogLine(record, source: source))
        return self.touched(slot, isNew: isNew)
    }

    mutating func applyOverhead(_ record: Record, _ environment: Int) -> ModelChange {
        let (slot, isNew) = self.slot(of: record, named: record.requestID, environment)
        guard let detail = self.detail(slot) else { return self.partial(slot) }
        let before = self.details[detail].overhead
        let after = Invocation.Overhead(record, after: before)
        self.details[detail].overhead = after
        if self.limits.sumsUp { self.statistics.replace(before, by: after) }
        return self.touched(slot, isNew: isNew)
    }

    // MARK: Parts

    func partial(_ slot: Int32) -> ModelChange {
        var change = self.change(slot, isNew: false)
        change.isPartial = true
        return change
    }

    /// Brings what came too late into the summary that is left.
    private mutating func patch(_ slot: Int32, status: InvocationStatus, duration: Double?) -> ModelChange {
        var change = self.partial(slot)
        guard slot >= 0, var summary = self.slots[Int(slot)].summary else { return change }
        if status != .success || summary.state == .finished(.unobserved) { summary.state = .finished(status) }
        if status == .timeout || (status.isFailure && summary.note == nil) { summary.note = status.description }
        summary.duration = duration ?? summary.duration
        let before = self.slots[Int(slot)].counted
        let after = Counted(summary)
        self.slots[Int(slot)].counted = after
        self.slots[Int(slot)].summary = summary
        self.recount(slot, before, after, function: summary.function)
        change.finished = summary.id
        return change
    }

    /// An environment runs one invocation at a time: a start says that those before it are over. On Managed Instances
    /// it runs several, and says nothing.
    private mutating func abandonBefore(
        _ mark: EnvironmentFold.StartMark,
        _ previous: EnvironmentFold.StartMark?,
        _ environment: Int
    ) {
        guard self.environments[environment].status.initializationType != "lambda-managed-instances" else { return }
        if let bucket = self.environments[environment].initialization { self.abandon(bucket) }
        if let previous, previous.slot != mark.slot { self.abandon(previous.slot) }
        if self.environments[environment].starts.last.map({ $0.sequence > mark.sequence }) == true {
            self.abandon(mark.slot)
        }
    }

    mutating func abandon(_ slot: Int32) {
        guard let detail = self.detail(slot), !self.details[detail].isAbandoned else { return }
        self.details[detail].isAbandoned = true
        _ = self.settle(slot, isNew: false)
    }

    /// Cold is the first start after an initialisation, in the environment's own order.
    private mutating func judgeTemperature(
        _ mark: EnvironmentFold.StartMark,
        _ previous: EnvironmentFold.StartMark?,
        _ environment: Int
    ) {
        guard let index = self.environments[environment].inits.lastIndex(where: { $0.sequence < mark.sequence }) else {
            if previous != nil, let detail = self.detail(mark.slot), self.details[detail].isCold == nil {
                self.details[detail].isCold = false
            }
            return
        }
        let first = self.environments[environment].inits[index].first
        if let first, first.sequence < mark.sequence {
            if let detail = self.detail(mark.slot) { self.details[detail].isCold = false }
            return
        }
        if let first, let detail = self.detail(first.slot) {
            self.details[detail].isCold = false
            self.details[detail].initialization = nil
            _ = self.settle(first.slot, isNew: false)
        }
        self.environments[environment].inits[index].first = mark
        guard let detail = self.detail(mark.slot) else { return }
        self.details[detail].isCold = true
        if let bucket = self.detail(self.environments[environment].inits[index].slot) {
            self.details[detail].initialization = self.details[bucket].initialization
        }
    }
}
