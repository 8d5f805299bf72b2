import Foundation
import LmonAgent
import LmonModel
import LmonRecord
import LmonScreen
import LmonStore
import LmonSupervisor
import LmonTerminal
import LmonUI
import Synchronization

/// The live view: one thread owns the terminal, another folds; messages go between them.
final class ViewRunner: Sendable {
    private let feed: any Feed
    private let configuration: UIConfiguration
    private let options: Terminal.Options
    private let supervisor: Supervisor
    /// For a source that keeps no records itself.
    private let store: SessionStore?
    private let coach: Coach?
    private let isDone = Mutex(false)

    /// At most so often is the screen painted, in nanoseconds, unless a key was pressed.
    private static let frame: UInt64 = 16_000_000
    /// How often running durations are brought up to date, in milliseconds.
    private static let tick: Int32 = 100

    init(
        feed: any Feed,
        configuration: UIConfiguration,
        options: Terminal.Options,
        supervisor: Supervisor,
        store: SessionStore?,
        coach: Coach? = nil
    ) {
        self.feed = feed
        self.configuration = configuration
        self.options = options
        self.supervisor = supervisor
        self.store = store
        self.coach = coach
    }

    /// Shows the view until the user leaves it; returns the signal that ended it, 0 if none did.
    func run() async throws -> Int32 {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(with: Result { try self.show() })
            }
            // Views are values inside values; the default of a secondary thread is small.
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    private func show() throws -> Int32 {
        let (terminal, device) = try self.openTerminal()
        defer {
            terminal.restore()
            self.supervisor.releaseTerminal()
            if device >= 0 { close(device) }
        }
        let waker = terminal.waker
        let mailbox = Mailbox { waker.wake() }
        Interrupts.watch { mailbox.end(signal: $0) }
        let inbox = Inbox()
        self.startFolding(inbox, mailbox)
        defer {
            self.isDone.withLock { $0 = true }
            inbox.close()
            inbox.wake()
            self.feed.stop()
        }
        self.feed.start(into: inbox)
        let coaching = self.coach.map { coach in Task { await coach.speak(to: mailbox) } }
        defer { coaching?.cancel() }
        return self.loop(terminal, mailbox, inbox)
    }

    /// Takes the terminal, and tells the supervisor how it was before and what gives it back.
    private func openTerminal() throws -> (Terminal, Int32) {
        let device = open(self.options.device, O_RDWR | O_CLOEXEC | O_NOCTTY)
        let before = Supervisor.terminalAttributes(of: device)
        let terminal = try Terminal(self.options)
        self.supervisor.guardTerminal(device, attributes: before, restore: terminal.restoreSequence)
        return (terminal, device)
    }

    private func startFolding(_ inbox: Inbox, _ mailbox: Mailbox) {
        let source = self.configuration.source
        let thread = Thread {
            let fold = ViewFold(inbox: inbox, mailbox: mailbox, feed: self.feed, store: self.store, source: source)
            fold.run { self.isDone.withLock { $0 } }
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    private func loop(_ terminal: Terminal, _ mailbox: Mailbox, _ inbox: Inbox) -> Int32 {
        var configuration = self.configuration
        configuration.isASCII = configuration.isASCII || !terminal.isUTF8
        var state = UIState(configuration, size: terminal.size)
        terminal.paint(state.render())
        var painted = DispatchTime.now()
        var isInFlight = false
        while true {
            let inputs = terminal.nextInputs(timeout: isInFlight ? Self.tick : -1)
            if inputs.isEmpty { Self.wait(since: painted) }
            let mail = mailbox.take()
            if let signal = mail.end { return signal }
            var effects: [UIEffect] = []
            for message in mail.messages { effects += state.update(message) }
            for input in inputs { effects += state.update(.input(input)) }
            isInFlight = mail.isInFlight
            if isInFlight { effects += state.update(.clock(SystemClock.now())) }
            for effect in effects {
                switch effect {
                case .quit: return 0
                case .suspend: terminal.stopJob()
                case .copy(let text): mailbox.post(Clipboard.copy(text, terminal))
                case .loadRows, .loadDetail, .find, .look, .invoke, .replay: inbox.push(effect)
                }
            }
            terminal.paint(state.render())
            painted = .now()
        }
    }

    private static func wait(since painted: DispatchTime) {
        let passed = DispatchTime.now().uptimeNanoseconds - painted.uptimeNanoseconds
        guard passed < self.frame else { return }
        usleep(UInt32((self.frame - passed) / 1000))
    }
}
