import LmonRecord

/// Where an invocation lies, how it comes and goes.
extension Model {
    /// The slot of a record that belongs to an invocation: the one that it names, else the one in progress, else the
    /// initialisation.
    mutating func slot(of record: Record, named requestID: String?, _ environment: Int) -> (Int32, isNew: Bool) {
        if let requestID { return self.slot(requestID, record, environment) }
        if let current = self.environments[environment].current(at: record.sequence) { return (current.slot, false) }
        return self.initializationSlot(record, environment)
    }

    mutating func slot(_ requestID: String, _ record: Record, _ environment: Int) -> (Int32, isNew: Bool) {
        if self.environments[environment].lastRequestID == requestID {
            return (self.environments[environment].lastSlot, false)
        }
        let key = SlotKey(environment: Int32(environment), requestID: requestID)
        if let slot = self.slotIndex[key] {
            self.environments[environment].lastRequestID = requestID
            self.environments[environment].lastSlot = slot
            return (slot, false)
        }
        if self.archivedNames.attempts(record.environment, requestID) != nil { return (-1, false) }
        return (self.addSlot(requestID, record, environment), true)
    }

    /// A record that comes once in each run opens the next run when it comes again.
    mutating func slot(
        opening requestID: String,
        _ record: Record,
        _ environment: Int,
        wasSeen: (Invocation) -> Bool
    ) -> (Int32, isNew: Bool) {
        let (slot, isNew) = self.slot(requestID, record, environment)
        guard !isNew else { return (slot, true) }
        let detail = self.detail(slot)
        guard detail.map({ wasSeen(self.details[$0]) }) ?? true else { return (slot, false) }
        return (self.addSlot(requestID, record, environment), true)
    }

    mutating func initializationSlot(_ record: Record, _ environment: Int) -> (Int32, isNew: Bool) {
        if let slot = self.environments[environment].initialization { return (slot, false) }
        return (self.addSlot(nil, record, environment), true)
    }

    mutating func addSlot(_ requestID: String?, _ record: Record, _ environment: Int) -> Int32 {
        let index = self.freeSlots.popLast() ?? Int32(self.slots.count)
        let key = SlotKey(environment: Int32(environment), requestID: requestID)
        let previous = self.slotIndex.updateValue(index, forKey: key)
        let attempt = self.attempt(of: requestID, after: previous, environment)
        // One storage for the names of all invocations of an environment.
        let name = self.environments[environment].status.id
        let usual = self.environments[environment].status.function
        let id = InvocationID(environment: name, requestID: requestID, attempt: attempt)
        let function = record.function == usual ? usual : record.function
        let invocation = Invocation(id: id, function: function, firstSeen: record.time)
        let slot = Slot(
            id: id,
            environment: Int32(environment),
            detail: self.store(invocation),
            previousAttempt: previous ?? -1,
            rowTime: record.time,
            rowOrdinal: self.rows.insert(at: record.time, reference: index)
        )
        self.put(slot, at: index)
        if let requestID {
            self.environments[environment].lastRequestID = requestID
            self.environments[environment].lastSlot = index
            self.environments[environment].status.invocations += 1
            self.totals.invocations += 1
        } else {
            self.environments[environment].initialization = index
            self.environments[environment].status.initializations += 1
        }
        return index
    }

    private func attempt(of requestID: String?, after previous: Int32?, _ environment: Int) -> Int {
        guard let requestID else { return self.environments[environment].status.initializations + 1 }
        if let previous { return self.slots[Int(previous)].id.attempt + 1 }
        return 1 + (self.archivedNames.attempts(self.environments[environment].status.id, requestID) ?? 0)
    }

    mutating func put(_ slot: Slot, at index: Int32) {
        self.environments[Int(slot.environment)].liveRows += 1
        if Int(index) < self.slots.count { self.slots[Int(index)] = slot } else { self.slots.append(slot) }
    }

    /// The index of a detail; nil once it was let go.
    func detail(_ slot: Int32) -> Int? {
        guard slot >= 0 else { return nil }
        let detail = self.slots[Int(slot)].detail
        return detail < 0 ? nil : Int(detail)
    }

    func slot(_ id: InvocationID) -> Int32? {
        guard let environment = self.environmentIndex[id.environment] else { return nil }
        let key = SlotKey(environment: Int32(environment), requestID: id.requestID)
        var slot = self.slotIndex[key] ?? -1
        while slot >= 0, self.slots[Int(slot)].id != id { slot = self.previousAttempt(slot) }
        return slot < 0 ? nil : slot
    }

    /// The slot of the run before; -1 if there is none, or if it was archived and its place taken by another.
    func previousAttempt(_ slot: Int32) -> Int32 {
        let place = self.slots[Int(slot)]
        guard place.previousAttempt >= 0 else { return -1 }
        let previous = self.slots[Int(place.previousAttempt)].id
        let isIt = previous.requestID == place.id.requestID && previous.environment == place.id.environment
        return isIt && previous.attempt < place.id.attempt ? place.previousAttempt : -1
    }

    mutating func store(_ invocation: Invocation) -> Int32 {
        if let free = self.freeDetails.popLast() {
            self.details[Int(free)] = invocation
            return free
        }
        self.details.append(invocation)
        return Int32(self.details.count - 1)
    }

    // MARK: After a change

    func change(_ slot: Int32, isNew: Bool) -> ModelChange {
        var change = ModelChange()
        guard slot >= 0 else { return change }
        change.row = self.rowID(slot)
        change.isNewRow = isNew
        return change
    }

    func rowID(_ slot: Int32) -> RowID {
        let id = self.slots[Int(slot)].id
        return id.isInitialization ? .initialization(id) : .invocation(id)
    }

    /// What the bookkeeping needs of a detail. Taken through `inout`, since anything else copies all of it.
    private struct Glance {
        let time: Timestamp
        let isInFlight: Bool
        let counted: Counted

        init(_ invocation: inout Invocation) {
            let state = invocation.state
            self.time = invocation.time
            self.isInFlight = state.isInFlight
            self.counted = Counted(&invocation, state)
        }
    }

    /// Brings totals, row order and the queue of finished ones in line with a changed detail.
    mutating func settle(_ slot: Int32, isNew: Bool) -> ModelChange {
        var change = self.change(slot, isNew: isNew)
        guard let detail = self.detail(slot) else { return change }
        let glance = Glance(&self.details[detail])
        if glance.time != self.slots[Int(slot)].rowTime {
            let place = (self.slots[Int(slot)].rowTime, self.slots[Int(slot)].rowOrdinal)
            self.rows.move(from: place.0, ordinal: place.1, to: glance.time)
            self.slots[Int(slot)].rowTime = glance.time
        }
        let before = self.slots[Int(slot)].counted
        if glance.counted != before, !self.slots[Int(slot)].id.isInitialization {
            self.slots[Int(slot)].counted = glance.counted
            self.recount(slot, before, glance.counted, function: self.details[detail].function)
        }
        if !glance.isInFlight {
            change.finished = self.slots[Int(slot)].id
            self.enqueue(slot, detail)
        }
        return change
    }

    /// After a record that changes neither state, duration nor place.
    mutating func touched(_ slot: Int32, isNew: Bool) -> ModelChange {
        var change = self.change(slot, isNew: isNew)
        if let detail = self.detail(slot), !Glance(&self.details[detail]).isInFlight {
            change.finished = self.slots[Int(slot)].id
        }
        return change
    }

    /// Takes back what a slot added to all the numbers before, and adds what it is now.
    mutating func recount(_ slot: Int32, _ before: Counted, _ after: Counted, function: String) {
        self.totals.failed += (after.isFailed ? 1 : 0) - (before.isFailed ? 1 : 0)
        self.totals.cold += (after.isCold == true ? 1 : 0) - (before.isCold == true ? 1 : 0)
        if before.isFailed != after.isFailed { self.markFailure(slot, after.isFailed) }
        guard self.limits.sumsUp else { return }
        self.statistics.replace(before, by: after, function: function)
        guard after.duration != before.duration else { return }
        if let duration = before.duration { self.durations.remove(duration) }
        if let duration = after.duration { self.durations.add(duration) }
    }

    private mutating func markFailure(_ slot: Int32, _ isFailed: Bool) {
        let place = self.slots[Int(slot)]
        self.environments[Int(place.environment)].status.failed += isFailed ? 1 : -1
        self.environments[Int(place.environment)].status.lane
            .mark(place.id, startedAt: place.rowTime, isFailed: isFailed)
    }

    // MARK: Letting go

    private mutating func enqueue(_ slot: Int32, _ detail: Int) {
        let cost = Self.cost(&self.details[detail])
        self.detailCost += cost - self.slots[Int(slot)].cost
        self.slots[Int(slot)].cost = cost
        if !self.slots[Int(slot)].isQueued {
            self.slots[Int(slot)].isQueued = true
            self.recency.append(slot)
        }
        while self.recency.count > 1,
            self.recency.count > self.limits.finishedDetails || self.detailCost > self.limits.detailBytes
        {
            self.letGo(self.recency.removeFirst())
        }
    }

    private static func cost(_ invocation: inout Invocation) -> Int { invocation.cost }

    private mutating func letGo(_ slot: Int32) {
        guard let detail = self.detail(slot) else { return }
        let id = self.slots[Int(slot)].id
        var invocation = Invocation(id: id, function: "", firstSeen: self.slots[Int(slot)].rowTime)
        swap(&invocation, &self.details[detail])
        if self.limits.keepsFacts { self.settledFacts[slot] = RowFacts(invocation) }
        if invocation.id.isInitialization {
            self.settledInitializations[slot] = self.initializationEvent(slot, invocation)
        } else {
            self.slots[Int(slot)].summary = InvocationSummary(invocation)
        }
        self.detailCost -= self.slots[Int(slot)].cost
        self.slots[Int(slot)].cost = 0
        self.slots[Int(slot)].detail = -1
        self.slots[Int(slot)].isQueued = false
        self.freeDetails.append(Int32(detail))
    }

    /// Puts a detail that was folded again back in its place, as the last to be let go.
    package mutating func keep(_ invocation: Invocation) {
        guard let slot = self.slot(invocation.id), self.detail(slot) == nil else { return }
        self.slots[Int(slot)].detail = self.store(invocation)
        self.slots[Int(slot)].summary = nil
        self.settledInitializations[slot] = nil
        self.settledFacts[slot] = nil
        _ = self.settle(slot, isNew: false)
    }

    /// Opens an invocation: it is let go last.
    package mutating func touch(_ id: InvocationID) {
        guard let slot = self.slot(id), let index = self.recency.firstIndex(of: slot) else { return }
        self.recency.append(self.recency.remove(at: index))
    }
}
