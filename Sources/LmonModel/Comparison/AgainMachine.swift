/// One function that runs again with the same event on each save: what is to be done when, as values.
package struct AgainMachine {
    package enum Action: Hashable, Sendable {
        case run
        /// The run can be seen.
        case show(InvocationID)
        /// More is known of a run that is over.
        case compare(InvocationID, InvocationID)
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

    package init(function: String, event: [UInt8], after id: InvocationID) {
        self.function = function
        self.event = event
        self.before = id
    }

    package mutating func saved() -> [Action] {
        guard !self.isRunning else {
            self.isSaved = true
            return []
        }
        return self.run()
    }

    private mutating func run() -> [Action] {
        if let current { self.before = current }
        self.current = nil
        self.requestID = nil
        self.isRunning = true
        self.isSaved = false
        return [.run]
    }

    /// The emulator took the event, and calls it so.
    package mutating func accepted(_ requestID: String) { self.requestID = requestID }

    /// A record of this invocation came.
    package mutating func changed(_ id: InvocationID, isInFlight: Bool) -> [Action] {
        guard let requestID, id.requestID == requestID else { return [] }
        var actions: [Action] = []
        if self.current != id {
            self.current = id
            actions.append(.show(id))
        }
        if !isInFlight { actions.append(.compare(self.before, id)) }
        return actions
    }

    /// The run is over, or was refused.
    package mutating func ended() -> [Action] {
        self.isRunning = false
        return self.isSaved ? self.run() : []
    }
}
