import LmonAgent
import LmonRecord
import LmonStore

/// Writes to the session file, which takes records without waiting for the disk.
final class StoreSink: RecordSink {
    private let store: SessionStore

    init(_ store: SessionStore) {
        self.store = store
    }

    func accept(_ records: [Record]) { self.store.append(records) }
}

/// Hands to whoever folds.
final class InboxSink: RecordSink {
    private let inbox: Inbox

    init(_ inbox: Inbox) {
        self.inbox = inbox
    }

    func accept(_ records: [Record]) { self.inbox.push(.records(records)) }
}
