import Foundation
import LmonModel
import LmonRecord
import LmonStore
import Synchronization

/// A recorded session, from its start; one that is still being written is followed.
final class SessionFeed: Feed {
    private let file: SessionStore
    private let follows: Bool
    let concluded: SessionTotals?
    private let isStopped = Mutex(false)

    private static let page = 1000
    private static let pollInterval = 0.2

    init(path: String, follows: Bool) throws {
        do {
            self.file = try SessionStore.open(path)
            self.concluded = try self.file.concluded
        } catch {
            throw Failure.usage("\(error)")
        }
        self.follows = follows
    }

    /// Of a session whose rows are not all there, all that comes from it is kept as that of a stream is.
    var store: SessionStore? { self.concluded == nil ? nil : self.file }
    let endsByItself = true

    func start(into inbox: Inbox) {
        Thread.detachNewThread {
            do {
                try self.run(inbox)
                inbox.push(.ended(nil))
            } catch {
                inbox.push(.ended(Failure.run("\(error)")))
            }
        }
    }

    func stop() { self.isStopped.withLock { $0 = true } }

    private func run(_ inbox: Inbox) throws {
        var cursor: Int64 = 0
        while !self.isStopped.withLock({ $0 }) {
            let version = try self.file.dataVersion
            while true {
                let records = try self.file.records(after: cursor, limit: Self.page)
                guard let last = records.last else { break }
                cursor = last.cursor
                guard inbox.push(.records(records.map(\.record)), waits: true) else { return }
            }
            guard self.follows, self.file.isBeingWritten else { return }
            while try self.file.dataVersion == version, self.file.isBeingWritten {
                if self.isStopped.withLock({ $0 }) { return }
                Thread.sleep(forTimeInterval: Self.pollInterval)
            }
        }
    }
}
