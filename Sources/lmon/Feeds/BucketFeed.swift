#if Remote
import Foundation
import LmonRemote
import LmonUI
import Synchronization

/// A remote spool on S3. What fails on the way is said and tried again; nothing but its very beginning ends it.
final class BucketFeed: Feed {
    private let source: BucketSource
    private let text: String
    private let scope: ReadingScope
    private let handle = Mutex<BucketSource.Handle?>(nil)
    let endsByItself: Bool

    init(_ text: String, _ limits: ReadingLimits, follows: Bool) throws {
        self.text = text
        self.scope = ReadingScope(limits, follows: follows)
        do {
            self.source = try BucketSource(
                text,
                variables: ProcessInfo.processInfo.environment,
                start: self.scope.start,
                functions: self.scope.functions,
                follows: follows
            )
        } catch {
            throw Failure.usage("\(error)")
        }
        self.endsByItself = !follows
    }

    func start(into inbox: Inbox) {
        inbox.push(.status(.connecting), waits: true)
        let (text, scope) = (self.text, self.scope)
        let handle = self.source.start { output in
            Self.hand(output, to: inbox) { SourceStatus($0, of: text, what: "object", scope) }
        }
        self.handle.withLock { $0 = handle }
    }

    func stop() {
        guard let handle = self.handle.withLock({ $0 }) else { return }
        Task { await handle.stop() }
    }

    static func hand(
        _ output: BucketSource.Output,
        to inbox: Inbox,
        _ status: (RemoteStatus) -> SourceStatus
    ) -> Bool {
        switch output {
        case .records(let records): inbox.push(.records(records), waits: true)
        case .connected: inbox.push(.status(.connected), waits: true)
        case .lost(let reason, let pause): inbox.push(.status(.lost(reason: reason, retryAfter: pause)), waits: true)
        case .notice(let text): inbox.push(.status(.notice(text)), waits: true)
        case .status(let remote): inbox.push(.status(.source(status(remote))), waits: true)
        case .ended(let reason): inbox.push(.ended(reason.map { Failure.run($0) }), waits: true)
        }
    }
}
#endif
