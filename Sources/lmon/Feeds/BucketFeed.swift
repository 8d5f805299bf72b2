#if Remote
import Foundation
import LmonRemote
import Synchronization

/// A remote spool on S3. What fails on the way is said and tried again; nothing but its very beginning ends it.
final class BucketFeed: Feed {
    private let source: BucketSource
    private let handle = Mutex<BucketSource.Handle?>(nil)
    let endsByItself: Bool

    /// Looked back so far while it is followed; else all that is there is read.
    static let lookback = 3_600_000

    init(_ text: String, follows: Bool) throws {
        do {
            self.source = try BucketSource(
                text,
                variables: ProcessInfo.processInfo.environment,
                lookback: follows ? Self.lookback : nil,
                follows: follows
            )
        } catch {
            throw Failure.usage("\(error)")
        }
        self.endsByItself = !follows
    }

    func start(into inbox: Inbox) {
        let handle = self.source.start { Self.hand($0, to: inbox) }
        self.handle.withLock { $0 = handle }
    }

    func stop() {
        guard let handle = self.handle.withLock({ $0 }) else { return }
        Task { await handle.stop() }
    }

    static func hand(_ output: BucketSource.Output, to inbox: Inbox) -> Bool {
        switch output {
        case .records(let records): inbox.push(.records(records), waits: true)
        case .connected: inbox.push(.status(.connected), waits: true)
        case .lost(let reason, let pause): inbox.push(.status(.lost(reason: reason, retryAfter: pause)), waits: true)
        case .notice(let text): inbox.push(.status(.notice(text)), waits: true)
        case .detail(let text): inbox.push(.status(.detail(text)), waits: true)
        case .ended(let reason): inbox.push(.ended(reason.map { Failure.run($0) }), waits: true)
        }
    }
}
#endif
