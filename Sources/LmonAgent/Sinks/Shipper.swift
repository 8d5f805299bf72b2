import LmonRecord

/// A sink of the agent that sends records somewhere: it keeps what was not taken, within bounds, and never holds anybody.
/// Used on the core's loop only.
protocol Shipper: RecordSink {
    var name: String { get }

    /// Sends what there is. Calls `then` once all of it was taken, or at once if that is not worth waiting for; with
    /// `isLast` as soon as there is nothing left to try.
    func ship(isLast: Bool, then: @escaping @Sendable () -> Void)

    /// Whoever waited has gone: the next time is not worth waiting for until the sink is quick again.
    func giveUpWaiting()

    /// The environment runs again.
    func thawed()

    /// How many records were not taken.
    var pending: Int { get }

    /// What was not taken, oldest first; for the end.
    var unsent: [Record] { get }
}

/// A batch on its way, as its sink tells of it.
package struct DeliveryNote {
    package let sink: String
    package let records: Int
    package let bytes: Int
    package let milliseconds: Double
    /// `taken`, `refused` (it will never be taken) or `failed` (it is tried again).
    package let outcome: String
    package let status: Int?
    package let message: String?
}
