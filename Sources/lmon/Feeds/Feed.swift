import LmonModel
import LmonRecord
import LmonSession
import LmonStore
import LmonUI

/// What a source of records says, in order.
enum FeedEvent: Sendable {
    case records([Record])
    /// A line that is no record; the stream goes on behind it.
    case broken(BrokenLineError)
    case status(FeedStatus)
    /// Of a function that runs again on each save.
    case again(AgainEvent)
    /// Nothing comes after this; an error if the source broke off.
    case ended(Failure?)
}

/// How a source is, for the header and for standard error.
enum FeedStatus: Hashable, Sendable {
    /// It was asked for the first time.
    case connecting
    case connected
    /// The connection is gone; tried again after so many milliseconds.
    case lost(reason: String, retryAfter: Int)
    /// Something to say once, about how functions run here.
    case notice(String)
    /// How a remote source is read.
    case source(SourceStatus)
}

/// A source of records. It runs on threads of its own, from `start` until it has said `.ended` or `stop` was called.
protocol Feed: Sendable {
    func start(into inbox: Inbox)
    func stop()
    /// The session file that holds this feed's records; nil if nobody keeps them.
    var store: SessionStore? { get }
    /// Whether it says `.ended` without being stopped: a file does, a connection may not.
    var endsByItself: Bool { get }
    /// The totals of a recorded session that is whole: its rows need not be folded.
    var concluded: SessionTotals? { get }
    /// The journal that keeps this feed's rows, to be filled by whoever folds; it is not touched by anybody else until
    /// `finish`. Nil if the feed has none.
    func lendJournal() -> Journal?
    /// Runs functions; nil if the source only shows what happens.
    var invoker: (any Invoker)? { get }
    /// Waits until what the feed started is gone: an emulator's environments have had their shutdown.
    func finish() async
}

extension Feed {
    var store: SessionStore? { nil }
    var concluded: SessionTotals? { nil }
    func lendJournal() -> Journal? { nil }
    var endsByItself: Bool { false }
    var invoker: (any Invoker)? { nil }
    func finish() async {}
}

/// What runs functions on request.
protocol Invoker: Sendable {
    var functions: [String] { get }
    /// `http://127.0.0.1:9000`.
    var invokeURL: String { get }
    /// Nil if the invocation took place, whatever became of it, and its end has been told; else why not.
    /// `accepted` is told the request's id, before anything is observed of it.
    func invoke(function: String, event: [UInt8], accepted: (@Sendable (String) -> Void)?) async -> String?
    /// An event as it came, neither redacted nor cut; nil if it was not kept.
    func event(of requestID: String) async -> [UInt8]?
    /// Events that lie beside a function.
    func events(for function: String) -> [EventChoice]
    /// Calls `changed` after each change of a function's code, with the files, for one function at a time; nil: for none.
    func watch(_ function: String?, changed: @escaping @Sendable (Set<String>) -> Void) async
    /// Files of the watched function that were written until now, and of which `changed` is yet to be told.
    func unsettledCode() async -> Set<String>
}

extension Invoker {
    func invoke(function: String, event: [UInt8]) async -> String? {
        await self.invoke(function: function, event: event, accepted: nil)
    }
}
