import LmonModel

/// The event of an invocation as it came, to be sent again.
enum WholeEvent {
    /// It is not known whole: what is known, and what that lacks.
    struct Missing: Error {
        let text: String?
        let flaw: String
    }

    /// What the emulator kept; else what was recorded, if nothing is missing in that.
    static func of(_ invocation: Invocation, _ invoker: any Invoker) async -> Result<[UInt8], Missing> {
        if let requestID = invocation.requestID, let event = await invoker.event(of: requestID) {
            return .success(event)
        }
        guard let event = invocation.event, let text = event.text else {
            return .failure(Missing(text: nil, flaw: "not recorded"))
        }
        if let flaw = event.flaw { return .failure(Missing(text: text, flaw: flaw)) }
        return .success(Array(text.utf8))
    }
}
