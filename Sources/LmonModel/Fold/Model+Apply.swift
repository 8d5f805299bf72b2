package import LmonRecord

extension Model {
    /// Takes in one record; the result says which row to look at again.
    @discardableResult
    package mutating func apply(_ record: Record) -> ModelChange {
        let environment = self.environment(of: record)
        if record.type == .dropped, let tombstone = Tombstone(record), let through = tombstone.through {
            return self.apply(tombstone, through: through, record, environment)
        }
        let lost = self.environments[environment].ledger.lostCount
        guard self.environments[environment].ledger.insert(record.sequence) else {
            var change = ModelChange()
            change.isDuplicate = true
            return change
        }
        self.totals.dropped += self.environments[environment].ledger.lostCount - lost
        self.note(record)
        return self.route(record, environment)
    }

    /// Takes in a batch, in its order.
    @discardableResult
    package mutating func apply(contentsOf records: some Sequence<Record>) -> ModelChanges {
        var changes = ModelChanges()
        for record in records { changes.add(self.apply(record)) }
        return changes
    }

    private mutating func note(_ record: Record) {
        self.totals.records += 1
        self.totals.lastRecordTime = max(self.totals.lastRecordTime ?? record.time, record.time)
        self.totals.firstRecordTime = min(self.totals.firstRecordTime ?? record.time, record.time)
        guard record.observed >= self.lastObserved ?? record.observed else { return }
        self.lastObserved = record.observed
        self.totals.lag = record.observed.milliseconds(since: record.time)
    }

    /// The index of its environment, which is made if it is new.
    private mutating func environment(of record: Record) -> Int {
        if self.lastEnvironment >= 0, self.environments[self.lastEnvironment].status.id == record.environment {
            return self.lastEnvironment
        }
        if let index = self.environmentIndex[record.environment] {
            self.lastEnvironment = index
            return index
        }
        let index = self.addEnvironment(EnvironmentFold(record))
        self.lastEnvironment = index
        if !self.totals.functions.contains(record.function) { self.totals.functions.append(record.function) }
        return index
    }

    private mutating func apply(
        _ tombstone: Tombstone,
        through: Int,
        _ record: Record,
        _ environment: Int
    ) -> ModelChange {
        let added = self.environments[environment].ledger.insert(tombstone: tombstone.first, through: through)
        guard added > 0 else {
            var change = ModelChange()
            change.isDuplicate = true
            return change
        }
        self.note(record)
        self.totals.dropped += added
        return self.addDropped(tombstone, count: added, record, environment)
    }

    private mutating func route(_ record: Record, _ environment: Int) -> ModelChange {
        switch RecordKind.of(record.type) {
        case .initialization(let part): self.applyInitialization(record, part, environment)
        case .start: self.applyStart(record, environment)
        case .runtimeDone: self.applyRuntimeDone(record, environment)
        case .report: self.applyReport(record, environment)
        case .invoke: self.applyInvoke(record, environment)
        case .event: self.applyEvent(record, environment)
        case .result: self.applyResult(record, environment)
        case .handlerEnd: self.applyHandlerEnd(record, environment)
        case .log(let source): self.applyLog(record, source, environment)
        case .call(let part): self.applyCall(record, part, environment)
        case .overhead: self.applyOverhead(record, environment)
        case .delivery: self.applyDelivery(record, environment)
        case .freeze: self.applyFreeze(record, environment)
        case .thaw: self.applyThaw(record, environment)
        case .shutdown: self.applyShutdown(record, environment)
        case .extensionState: self.applyExtension(record, environment)
        case .logsDropped: self.applyLogsDropped(record, environment)
        case .dropped: self.applyUncountedLoss(record, environment)
        case .quiet: ModelChange()
        case nil: self.applyUnknown(record, environment)
        }
    }
}

/// Which part of the fold takes a record.
enum RecordKind: Hashable, Sendable {
    case initialization(InitializationPart)
    case start, runtimeDone, report, invoke, event, result, handlerEnd
    case log(LogLine.Source)
    case call(CallPart)
    case overhead, delivery, freeze, thaw, shutdown, extensionState, logsDropped, dropped
    /// Known, and nothing to show.
    case quiet

    enum InitializationPart: Hashable, Sendable {
        case start, runtimeDone, report, restoreStart, restoreRuntimeDone, restoreReport
        case environment, interceptor, agent
    }

    enum CallPart: Hashable, Sendable {
        case request, response, end
    }

    /// Nil for a type that this lmon does not know.
    static func of(_ type: RecordType) -> RecordKind? {
        let length = type.rawValue.utf8.count
        guard length < Self.byLength.count else { return nil }
        for entry in Self.byLength[length] where entry.type == type { return entry.kind }
        return nil
    }

    /// Known types share their storage with records', so that a look among those of one length costs less than a hash.
    private static let byLength: [[(type: RecordType, kind: RecordKind)]] = {
        var table = [[(type: RecordType, kind: RecordKind)]](repeating: [], count: 40)
        for (type, kind) in Self.table { table[type.rawValue.utf8.count].append((type, kind)) }
        return table
    }()

    private static let table: [RecordType: RecordKind] = [
        .initStart: .initialization(.start), .initRuntimeDone: .initialization(.runtimeDone),
        .initReport: .initialization(.report), .restoreStart: .initialization(.restoreStart),
        .restoreRuntimeDone: .initialization(.restoreRuntimeDone), .restoreReport: .initialization(.restoreReport),
        .environment: .initialization(.environment), .interceptor: .initialization(.interceptor),
        .agent: .initialization(.agent),
        .start: .start, .runtimeDone: .runtimeDone, .report: .report, .invoke: .invoke, .invocationEvent: .event,
        .invocationResult: .result, .handlerEnd: .handlerEnd, .function: .log(.function), .extension: .log(.extension),
        .httpRequest: .call(.request), .httpResponse: .call(.response), .httpEnd: .call(.end), .overhead: .overhead,
        .delivery: .delivery, .freeze: .freeze, .thaw: .thaw, .shutdown: .shutdown,
        .platformExtension: .extensionState, .telemetrySubscription: .quiet, .logsDropped: .logsDropped,
        .dropped: .dropped,
    ]
}
