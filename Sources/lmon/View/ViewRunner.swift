import Foundation
import LmonAgent
import LmonModel
import LmonRecord
import LmonScreen
import LmonStore
import LmonUI
import Synchronization

/// The live view: one thread owns what it is shown on, another folds; messages go between them.
final class ViewRunner: Sendable {
    private let feed: any Feed
    private let configuration: UIConfiguration
    /// The feed's, or this view's own.
    private let store: SessionStore
    private let coach: Coach?
    /// Where changes of how the view is liked are kept; nil: nowhere.
    private let preferences: PreferencesFile?
    private let isDone = Mutex(false)
    private let hasFolded = DispatchSemaphore(value: 0)

    /// How often running durations are brought up to date, in milliseconds.
    private static let tick: Int32 = 100
    /// How often it is said how long a source has been lost.
    private static let slowTick: Int32 = 1000

    init(
        feed: any Feed,
        configuration: UIConfiguration,
        store: SessionStore,
        coach: Coach? = nil,
        preferences: PreferencesFile? = nil
    ) {
        self.preferences = preferences
        self.feed = feed
        self.configuration = configuration
        self.store = store
        self.coach = coach
    }

    /// Shows the view until the user leaves it; returns the signal that ended it, 0 if none did. The display is opened
    /// and used on a thread of its own.
    func run(on open: @escaping @Sendable () throws -> any Display) async throws -> Int32 {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(with: Result { try self.show(on: open()) })
            }
            // Views are values inside values; the default of a secondary thread is small.
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    private func show(on display: any Display) -> Int32 {
        defer { display.close() }
        let mailbox = Mailbox(wake: display.wake)
        Interrupts.watch { mailbox.end(signal: $0) }
        let inbox = Inbox(rested: display.rested)
        let rest = ViewRest(inbox: inbox, mailbox: mailbox, endsByItself: self.feed.endsByItself)
        display.watch { rest.state }
        self.startFolding(inbox, mailbox)
        defer {
            self.isDone.withLock { $0 = true }
            inbox.close()
            inbox.wake()
            self.feed.stop()
            // What is in its hands goes to the session before that is closed.
            self.hasFolded.wait()
        }
        self.feed.start(into: inbox)
        let coaching = self.coach.map { coach in Task { await coach.speak(to: mailbox) } }
        defer { coaching?.cancel() }
        return self.loop(display, mailbox, inbox)
    }

    private func startFolding(_ inbox: Inbox, _ mailbox: Mailbox) {
        let source = self.configuration.source
        let thread = Thread {
            let fold = ViewFold(inbox: inbox, mailbox: mailbox, feed: self.feed, store: self.store, source: source)
            fold.run { self.isDone.withLock { $0 } }
            self.hasFolded.signal()
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// The one loop, whatever the view is shown on.
    private func loop(_ display: any Display, _ mailbox: Mailbox, _ inbox: Inbox) -> Int32 {
        var configuration = self.configuration
        configuration.isASCII = configuration.isASCII || !display.isUTF8
        var state = UIState(configuration, size: display.size)
        for effect in state.start() { inbox.push(effect) }
        display.paint(state.render())
        var pace = FramePace(isInstant: display.isInstant)
        pace.paint(at: Self.now)
        var isInFlight = false
        while true {
            let tick = isInFlight ? Self.tick : state.isLost ? Self.slowTick : nil
            let inputs = Self.inputs(display, pace, tick: tick)
            let mail = mailbox.take()
            if let signal = mail.end { return signal }
            var effects: [UIEffect] = []
            for message in mail.messages { effects += state.update(message) }
            for input in inputs { effects += state.update(.input(input)) }
            // Of what a recording broke off in, no time passes, nor has it until its end was known.
            let until = mail.hasEnded ? nil : mail.inFlightUntil
            isInFlight = until.map { SystemClock.now() <= $0 } ?? false
            // Once more when it has passed, or was past already as it came.
            let hasPassed = until.map { state.now ?? $0 <= $0 } ?? false
            let passes = isInFlight || hasPassed || (state.isLost && !mail.hasEnded)
            if passes || mail.hasEnded { effects += state.update(.clock(passes ? SystemClock.now() : nil)) }
            for effect in effects {
                switch effect {
                case .quit: return 0
                case .suspend: display.stopJob()
                case .copy(let text): mailbox.post(display.copy(text))
                case .page(let text):
                    if let failure = display.lend({ ExternalPager.show(text) }) {
                        mailbox.post(.notice(failure.message, isFailure: true))
                    }
                case .edit(let text, let purpose): mailbox.post(Self.edit(text, purpose, display))
                case .setMouse(let isReported): display.setMouse(isReported)
                case .remember(let preferences): self.preferences?.write(preferences)
                case .loadRows, .loadDetail, .loadRecords, .loadStatistics, .loadFunctions, .find, .look, .invoke,
                    .replay, .loadEvents,
                    .draft,
                    .compare, .again, .export, .comment:
                    inbox.push(effect)
                }
            }
            let isAwaiting = effects.contains(where: Self.isAnsweredSoon)
            guard pace.take(at: Self.now, hasInput: !inputs.isEmpty, isAwaiting: isAwaiting) else { continue }
            display.paint(state.render())
            pace.paint(at: Self.now)
        }
    }

    private static func isAnsweredSoon(_ effect: UIEffect) -> Bool {
        switch effect {
        case .loadRows, .loadDetail: true
        default: false
        }
    }

    /// Waits for what is typed, or until it is time to look at what else came.
    private static func inputs(_ display: any Display, _ pace: FramePace, tick: Int32?) -> [Input] {
        var inputs = display.nextInputs(timeout: pace.timeout(at: self.now, tick: tick))
        while inputs.isEmpty {
            let rest = pace.rest(at: self.now)
            guard rest > 0 else { return [] }
            inputs = display.nextInputs(timeout: rest)
        }
        return inputs
    }

    private static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

    private static func edit(_ text: String, _ purpose: EditPurpose, _ display: any Display) -> UIMessage {
        switch display.lend({ ExternalEditor.edit(text) }) {
        case .success(let text): .edited(purpose, text)
        case .failure(let failure): .notice(failure.message, isFailure: true)
        }
    }
}
