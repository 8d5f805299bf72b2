/// One function that runs again with the same event on each save: what is to be done when, as values.
package struct AgainMachine {
    package enum Action: Hashable, Sendable {
        case run
        /// The run can be seen.
        case show(InvocationID)
        /// More is known of a run that is over.
        case compare(InvocationID, InvocationID)
        /// The function itself writes these files: that is no save.
        case leaveOut([String])
    }

    package let function: String
    package let event: [UInt8]
    /// What a run is compared with.
    private var before: InvocationID
    private var requestID: String?
    private var current: InvocationID?
    private var isRunning = false
    /// Saved since the run began: however often, one more run follows.
    private var isSaved = false
    private var writes: OwnWrites

    package init(function: String, event: [UInt8], after id: InvocationID) {
        self.function = function
        self.event = event
        self.before = id
        self.writes = OwnWrites(after: id)
    }

    /// These files of its code were written, by whom ever.
    package mutating func saved(_ files: Set<String>, at time: ContinuousClock.Instant) -> [Action] {
        let (isSave, leftOut) = self.writes.seen(files, at: time)
        let actions = leftOut.isEmpty ? [] : [Action.leaveOut(leftOut)]
        guard isSave else { return actions }
        guard !self.isRunning else {
            self.isSaved = true
            return actions
        }
        return actions + self.run()
    }

    private mutating func run() -> [Action] {
        self.writes.began()
        if let current { self.before = current }
        self.current = nil
        self.requestID = nil
        self.isRunning = true
        self.isSaved = false
        return [.run]
    }

    /// The emulator took the event, and calls it so.
    package mutating func accepted(_ requestID: String) { self.requestID = requestID }

    /// A record of this invocation came, whoever asked for it.
    package mutating func changed(
        _ id: InvocationID,
        of function: String,
        isInFlight: Bool,
        at time: ContinuousClock.Instant
    ) -> [Action] {
        guard let requestID, id.requestID == requestID else {
            if function == self.function { self.writes.changed(id, isInFlight: isInFlight, at: time) }
            return []
        }
        var actions: [Action] = []
        if self.current != id {
            self.current = id
            actions.append(.show(id))
        }
        if !isInFlight { actions.append(.compare(self.before, id)) }
        return actions
    }

    /// The run is over, or was refused; by then these files were written of which `saved` tells later.
    package mutating func ended(untold: Set<String> = [], at time: ContinuousClock.Instant) -> [Action] {
        self.isRunning = false
        self.writes.ended(untold: untold, at: time)
        return self.isSaved ? self.run() : []
    }
}
