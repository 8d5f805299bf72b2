import LmonModel
import LmonRecord
import LmonUI
import Synchronization

/// The way to the thread that owns the terminal. Any thread may post; the numbers of several batches become one message.
final class Mailbox: Sendable {
    struct Mail: Sendable {
        var messages: [UIMessage] = []
        /// Until when something may run, so that time is to be shown passing; nil if nothing runs.
        var inFlightUntil: Timestamp?
        /// The source has come to its end.
        var hasEnded = false
        /// Set when the view is to end: the signal that asked for it, 0 if it was the source.
        var end: Int32?
        fileprivate var changedIndex: Int?
        /// What the view wanted done outside and has not come back.
        fileprivate var errands = 0
        /// Counts what was posted, begun and ended.
        fileprivate var turn = 0
    }

    private let mail = Mutex(Mail())
    private let wake: @Sendable () -> Void

    init(wake: @escaping @Sendable () -> Void) {
        self.wake = wake
    }

    func post(_ message: UIMessage) {
        self.mail.withLock { mail in
            mail.turn += 1
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

    func setInFlight(until end: Timestamp?) {
        let isNew = self.mail.withLock { mail in
            defer { mail.inFlightUntil = end }
            return mail.inFlightUntil != end
        }
        if isNew { self.wake() }
    }

    func setEnded() {
        self.mail.withLock { mail in
            mail.turn += 1
            mail.hasEnded = true
        }
        self.wake()
    }

    /// Something was begun that ends by itself some time; `endErrand` follows, after what it has to tell was posted.
    func beginErrand() { self.errand(1) }

    func endErrand() {
        self.errand(-1)
        self.wake()
    }

    private func errand(_ count: Int) {
        self.mail.withLock { mail in
            mail.turn += 1
            mail.errands += count
        }
    }

    /// What there is to wait for.
    struct Activity: Hashable {
        fileprivate let turn: Int
        /// Something was posted and not taken.
        let isWaiting: Bool
        let errands: Int
        let isInFlight: Bool
        let hasEnded: Bool
    }

    var activity: Activity {
        self.mail.withLock { mail in
            Activity(
                turn: mail.turn,
                isWaiting: !mail.messages.isEmpty || mail.end != nil,
                errands: mail.errands,
                isInFlight: mail.inFlightUntil != nil,
                hasEnded: mail.hasEnded
            )
        }
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
