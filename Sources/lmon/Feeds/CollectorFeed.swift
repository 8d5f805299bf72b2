#if Remote
import Foundation
import LmonModel
import LmonRemote

/// A collector. A lost connection is said and tried again; reading goes on where it stopped.
final class CollectorFeed: Feed {
    private let source: CollectorSource
    let endsByItself: Bool

    /// `filter`: what it asks of function and environment is asked there, so that the rest is not sent.
    init(_ text: String, follows: Bool, filter: Filter? = nil) throws {
        do {
            self.source = try CollectorSource(
                text,
                variables: ProcessInfo.processInfo.environment,
                wish: CollectorSource.Wish(
                    follows: follows,
                    lookback: follows ? Int64(BucketFeed.lookback) : nil,
                    filter: filter?.environmentPart?.description
                )
            )
        } catch {
            throw Failure.usage("\(error)")
        }
        self.endsByItself = !follows
    }

    func start(into inbox: Inbox) {
        self.source.start { BucketFeed.hand($0, to: inbox) }
    }

    func stop() { self.source.stop() }
}
#endif
