import Foundation
import LmonAgent
import LmonEmulator
import LmonProject
import LmonSession
import LmonStore
import LmonSupervisor
import LmonUI
import Synchronization

/// An embedded session as a source of records.
final class EmulatorFeed: Feed, Invoker {
    let session: EmbeddedSession
    private let sink = Mutex<InboxSink?>(nil)

    init(_ session: EmbeddedSession) {
        self.session = session
    }

    var store: SessionStore? { self.session.store }
    func lendJournal() -> Journal? { self.session.rows?.lend() }
    var invoker: (any Invoker)? { self }

    func start(into inbox: Inbox) {
        for notice in self.session.notices { inbox.push(.status(.notice(notice))) }
        Task { [news = self.session.news] in
            for await line in news { inbox.push(.status(.notice(line))) }
        }
        let sink = InboxSink(inbox)
        self.sink.withLock { $0 = sink }
        Task { await self.session.core.attach(sink) }
    }

    func stop() {}

    func finish() async { await self.session.end() }

    // MARK: Invoker

    var functions: [String] { self.session.project.functions.map(\.name.value) }
    var invokeURL: String { self.session.endpoints.invoke.invokeAPI }

    func invoke(function: String, event: [UInt8], accepted: (@Sendable (String) -> Void)?) async -> String? {
        let emulator = self.session.emulator
        let outcome = await emulator.invoke(function: function, payload: event, accepted: accepted)
        await self.session.core.flush()
        guard case .refused(_, let type, let message) = outcome.kind else { return nil }
        return message.isEmpty ? type : message
    }

    func event(of requestID: String) async -> [UInt8]? { await self.session.emulator.event(of: requestID) }

    /// Beside the template, else in the function's folder or the one above it.
    func events(for function: String) -> [EventChoice] {
        let project = self.session.project
        var folders = project.template.map { [URL(fileURLWithPath: $0).deletingLastPathComponent().path] } ?? []
        if let code = project.functions.first(where: { $0.name.value == function })?.codeFolder.value {
            folders += [code, URL(fileURLWithPath: code).deletingLastPathComponent().path]
        }
        return EventFiles.choices(in: folders)
    }

    func watch(_ function: String?, changed: @escaping @Sendable (Set<String>) -> Void) async {
        await self.session.emulator.watchCode(of: function, changed: changed)
    }

    func unsettledCode() async -> Set<String> { await self.session.emulator.unsettledCode() }
}
