#if Remote
import Foundation
import LmonModel
import LmonRemote
import LmonUI

/// A collector. A lost connection is said and tried again; reading goes on where it stopped.
final class CollectorFeed: Feed {
    private let source: CollectorSource
    private let text: String
    private let scope: ReadingScope
    let endsByItself: Bool

    /// What the limits' filter asks of function and environment is asked there, so that the rest is not sent.
    init(_ text: String, _ limits: ReadingLimits, follows: Bool) throws {
        self.text = text
        self.scope = ReadingScope(limits, follows: follows)
        do {
            self.source = try CollectorSource(
                text,
                variables: ProcessInfo.processInfo.environment,
                wish: CollectorSource.Wish(
                    follows: follows,
                    start: self.scope.start,
                    function: limits.function ?? limits.filter?.onlyFunction,
                    filter: limits.filter?.environmentPart?.description
                )
            )
        } catch {
            throw Failure.usage("\(error)")
        }
        self.endsByItself = !follows
    }

    func start(into inbox: Inbox) {
        inbox.push(.status(.connecting), waits: true)
        let (text, scope) = (self.text, self.scope)
        self.source.start { output in
            BucketFeed.hand(output, to: inbox) { SourceStatus($0, of: text, what: "record", scope) }
        }
    }

    func stop() { self.source.stop() }
}
#endif
