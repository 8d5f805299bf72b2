import LmonModel

/// What happens to a function that runs again on each save, told to the thread that folds. `turn` counts how often that
/// was begun: what an earlier turn still says counts no more.
struct AgainEvent: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// The event to send each time is known.
        case ready(InvocationID, function: String, event: [UInt8])
        /// These files of its code were written.
        case saved(Set<String>)
        /// The run that was begun is called so.
        case accepted(requestID: String)
        /// The run is over; why, if it did not take place. `untold`: what was written by then, and is told as saved later.
        case ended(refusal: String?, untold: Set<String>)
    }

    let turn: Int
    let kind: Kind
}
