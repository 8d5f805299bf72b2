import LmonRecord

/// Records of an environment's life that are no part of an invocation.
extension Model {
    mutating func applyFreeze(_ record: Record, _ environment: Int) -> ModelChange {
        self.environments[environment].noteFreeze(record.sequence)
        self.environments[environment].enter(.frozen, record)
        let sequence = record.sequence
        self.judgeRecentCalls(environment) { call in
            (call.startSequence ?? .max) < sequence && (call.endSequence ?? .max) > sequence
        }
        var change = ModelChange()
        change.row = self.environments[environment].current(at: sequence).flatMap {
            self.change($0.slot, isNew: false).row
        }
        return change
    }

    mutating func applyThaw(_ record: Record, _ environment: Int) -> ModelChange {
        self.environments[environment].enter(.idle, record)
        return ModelChange()
    }

    mutating func applyShutdown(_ record: Record, _ environment: Int) -> ModelChange {
        let reason = PlatformPayload(record).reason
        let wasShutDown = self.environments[environment].isShutDown
        self.environments[environment].enter(.shutDown(reason: reason), record)
        for start in self.environments[environment].starts.suffix(4) { self.cut(start.slot) }
        if let bucket = self.environments[environment].initialization { self.cut(bucket) }
        if let row = self.environments[environment].shutdownRow, wasShutDown {
            // Told twice: by the emulator and by an extension.
            var change = ModelChange()
            change.row = row
            return change
        }
        let name = reason.map { "shutdown (\($0))" } ?? "shutdown"
        let isNormal = reason == nil || reason?.lowercased() == "spindown"
        let change = self.add(record, .shutdown, [name], isNormal ? .plain : .warning, environment)
        self.environments[environment].shutdownRow = change.row
        return change
    }

    /// The environment is gone: what is open there will not be told.
    private mutating func cut(_ slot: Int32) {
        self.abandon(slot)
        guard let detail = self.detail(slot) else { return }
        for index in self.details[detail].calls.indices { self.details[detail].calls[index].isCut = true }
    }

    /// A delivery belongs to its invocation, else to the end of its environment, else it is a row of its own. That a spool took
    /// a batch is no news, after each invocation: every second row would be one.
    mutating func applyDelivery(_ record: Record, _ environment: Int) -> ModelChange {
        let delivery = Delivery(record)
        if record.requestID != nil {
            let (slot, isNew) = self.slot(of: record, named: record.requestID, environment)
            guard let detail = self.detail(slot) else { return self.partial(slot) }
            self.details[detail].deliveries.append(delivery)
            return self.touched(slot, isNew: isNew)
        }
        if self.environments[environment].isShutDown, let row = self.environments[environment].shutdownRow,
            let index = self.eventIndex[row]
        {
            self.events[Int(index)].event.parts.append(delivery.text)
            if delivery.verdict == .lost { self.events[Int(index)].event.emphasis = .failed }
            var change = ModelChange()
            change.row = row
            return change
        }
        guard delivery.sink != "spool" || delivery.verdict != .fine else { return ModelChange() }
        return self.add(record, .delivery, [delivery.text], delivery.emphasis, environment)
    }

    mutating func addDropped(
        _ tombstone: Tombstone,
        count: Int,
        _ record: Record,
        _ environment: Int
    ) -> ModelChange {
        var text = "\(count) \(count == 1 ? "record" : "records") of \(record.function) dropped"
        if let sink = tombstone.sink { text += " by \(sink)" }
        if !tombstone.reason.isEmpty { text += ": \(tombstone.reason)" }
        return self.add(record, .dropped, [text], .warning, environment)
    }

    /// Lost before anybody counted them one by one.
    mutating func applyUncountedLoss(_ record: Record, _ environment: Int) -> ModelChange {
        guard let tombstone = Tombstone(record) else { return self.applyUnknown(record, environment) }
        self.totals.dropped += min(max(tombstone.count, 0), 1 << 40)
        return self.addDropped(tombstone, count: tombstone.count, record, environment)
    }

    mutating func applyLogsDropped(_ record: Record, _ environment: Int) -> ModelChange {
        let payload = LifecyclePayload(record)
        let count = min(max(payload.int("droppedRecords") ?? 0, 0), 1 << 40)
        self.totals.dropped += count
        return self.add(record, .dropped, ["\(count) log records dropped by Lambda"], .warning, environment)
    }

    /// Only what went wrong with an extension is a row: that it is ready is part of every start.
    mutating func applyExtension(_ record: Record, _ environment: Int) -> ModelChange {
        let payload = PlatformPayload(record)
        guard let errorType = payload.errorType else { return ModelChange() }
        let text = "extension \(payload.name ?? "") \(payload.state ?? "failed"): \(errorType)"
        return self.add(record, .extension, [text], .failed, environment)
    }

    mutating func applyUnknown(_ record: Record, _ environment: Int) -> ModelChange {
        self.totals.unknown += 1
        guard let requestID = record.requestID else {
            return self.add(record, .unknown, [record.type.rawValue], .plain, environment)
        }
        let (slot, isNew) = self.slot(requestID, record, environment)
        guard let detail = self.detail(slot) else { return self.partial(slot) }
        guard self.details[detail].unknown.count < self.limits.itemsPerInvocation else {
            self.details[detail].omitted += 1
            return self.change(slot, isNew: isNew)
        }
        self.details[detail].unknown.append(
            .init(type: record.type.rawValue, time: record.time, payload: Array(record.payload))
        )
        return self.touched(slot, isNew: isNew)
    }

    // MARK: Rows

    private mutating func add(
        _ record: Record,
        _ kind: LifecycleEvent.Kind,
        _ parts: [String],
        _ emphasis: LifecycleEvent.Emphasis,
        _ environment: Int
    ) -> ModelChange {
        guard self.events.count - self.freeEvents.count < self.limits.events else { return ModelChange() }
        let event = LifecycleEvent(
            id: .event(environment: record.environment, sequence: record.sequence),
            kind: kind,
            environment: record.environment,
            function: self.environments[environment].status.function,
            time: record.time,
            parts: ["env " + self.environments[environment].status.label] + parts,
            emphasis: emphasis
        )
        return self.add(event)
    }

    mutating func add(_ event: LifecycleEvent) -> ModelChange {
        let index = self.freeEvents.popLast() ?? Int32(self.events.count)
        let slot = EventSlot(event: event, ordinal: self.rows.insert(at: event.time, reference: ~index))
        if Int(index) < self.events.count { self.events[Int(index)] = slot } else { self.events.append(slot) }
        self.eventIndex[event.id] = index
        var change = ModelChange()
        change.row = event.id
        change.isNewRow = true
        return change
    }
}
