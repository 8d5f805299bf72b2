import LmonRecord

/// What a source of records says, in order.
enum FeedEvent: Sendable {
    case records([Record])
    /// A line that is no record; the stream goes on behind it.
    case broken(BrokenLineError)
    case status(FeedStatus)
    /// Nothing comes after this; an error if the source broke off.
    case ended(Failure?)
}

/// How a source is, for the header and for standard error.
enum FeedStatus: Hashable, Sendable {
    case connected
    /// The connection is gone; tried again after so many milliseconds.
    case lost(reason: String, retryAfter: Int)
    /// Something to say once, about how functions run here.
    case notice(String)
}

/// A source of records. It runs on threads of its own, from `start` until it has said `.ended` or `stop` was called.
protocol Feed: Sendable {
    func start(into inbox: Inbox)
    func stop()
    /// Waits until what the feed started is gone: an emulator's environments have had their shutdown.
    func finish() async
}

extension Feed {
    func finish() async {}
}
