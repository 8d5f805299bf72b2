import LmonModel
import LmonUI
import Synchronization

/// The way to the thread that owns the terminal. Any thread may post; the numbers of several batches become one message.
final class Mailbox: Sendable {
    struct Mail: Sendable {
        var messages: [UIMessage] = []
        /// Whether something runs, so that time is to be shown passing.
        var isInFlight = false
        /// Set when the view is to end: the signal that asked for it, 0 if it was the source.
        var end: Int32?
        fileprivate var changedIndex: Int?
    }

    private let mail = Mutex(Mail())
    private let wake: @Sendable () -> Void

    init(wake: @escaping @Sendable () -> Void) {
        self.wake = wake
    }

    func post(_ message: UIMessage) {
        self.mail.withLock { mail in
            guard case .changed = message else {
                mail.messages.append(message)
                return
            }
            if let index = mail.changedIndex {
                mail.messages[index] = message
            } else {
                mail.changedIndex = mail.messages.count
                mail.messages.append(message)
            }
        }
        self.wake()
    }

    /// Whether the last numbers have not been looked at yet; new ones would only replace them.
    var isBehind: Bool { self.mail.withLock { $0.changedIndex != nil } }

    func setInFlight(_ isInFlight: Bool) {
        let isNew = self.mail.withLock { mail in
            defer { mail.isInFlight = isInFlight }
            return mail.isInFlight != isInFlight
        }
        if isNew { self.wake() }
    }

    func end(signal: Int32) {
        self.mail.withLock { $0.end = signal }
        self.wake()
    }

    func take() -> Mail {
        self.mail.withLock { mail in
            defer {
                mail.messages = []
                mail.changedIndex = nil
            }
            return mail
        }
    }
}
