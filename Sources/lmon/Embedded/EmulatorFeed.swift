import LmonAgent
import LmonEmulator
import LmonProject
import LmonStore
import LmonSupervisor
import Synchronization

/// An embedded session as a source of records.
final class EmulatorFeed: Feed, Invoker {
    let session: EmbeddedSession
    private let sink = Mutex<InboxSink?>(nil)

    init(_ session: EmbeddedSession) {
        self.session = session
    }

    var store: SessionStore? { self.session.store }
    var invoker: (any Invoker)? { self }

    func start(into inbox: Inbox) {
        for notice in self.session.notices { inbox.push(.status(.notice(notice))) }
        let sink = InboxSink(inbox)
        self.sink.withLock { $0 = sink }
        Task { await self.session.core.attach(sink) }
    }

    func stop() {}

    func finish() async { await self.session.end() }

    // MARK: Invoker

    var functions: [String] { self.session.project.functions.map(\.name.value) }
    var invokeURL: String { self.session.endpoints.invoke.invokeAPI }

    func invoke(function: String, event: [UInt8]) async -> String? {
        let outcome = await self.session.emulator.invoke(function: function, payload: event)
        await self.session.core.flush()
        guard case .refused(_, let type, let message) = outcome.kind else { return nil }
        return message.isEmpty ? type : message
    }
}
