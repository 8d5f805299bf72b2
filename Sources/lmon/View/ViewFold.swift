import Dispatch
import Foundation
import LmonAgent
import LmonJSON
import LmonModel
import LmonRecord
import LmonSession
import LmonStore
import LmonUI

/// The thread behind the view: folds records into the model and answers what the view asks for. Confined to one thread.
final class ViewFold {
    private let inbox: Inbox
    private let mailbox: Mailbox
    private let source: String
    private let invoker: (any Invoker)?
    private let again: AgainRunner?
    /// The model, and what its rows go to.
    private let journal: Journal
    /// What a recorded session came to; nil if it is not whole.
    private let concluded: SessionTotals?
    /// What runs, and until when it is watched: a little beyond its deadline, so that this is seen to pass.
    private var inFlight: [InvocationID: Timestamp] = [:]
    private var troubles: [String: String] = [:]
    private var unseen: [String: String] = [:]
    private var lists: SessionLists
    /// The statistics of what the filter lets through, once they were asked for.
    private var counting: FilteredCount?
    private var isCounting = false
    private var hasChanged = false
    /// What is looked at comes from the model alone, also where a session's rows are all in the store.
    private var showsFold = false
    private var lostAt: Timestamp?
    private var endedWith: Failure?
    /// What is being written to a file.
    var exporting: ExportErrand?
    /// Of the recorded session; nil for a source that has none.
    let sessionPath: String?

    init(inbox: Inbox, mailbox: Mailbox, feed: any Feed, store: SessionStore, source: String) {
        self.inbox = inbox
        self.mailbox = mailbox
        self.source = source
        self.invoker = feed.invoker
        self.again = feed.invoker.map { AgainRunner(invoker: $0, inbox: inbox, mailbox: mailbox) }
        self.concluded = feed.concluded
        self.sessionPath = feed.store?.path
        let isOwn = feed.store == nil
        self.journal =
            feed.lendJournal() ?? Journal(store: store, keepsRecords: isOwn, isReplay: feed.concluded != nil)
        self.lists = SessionLists(store, isWhole: feed.concluded != nil) { inbox.wake() }
    }

    /// Works until the inbox says that the view has gone: `isDone`.
    func run(until isDone: () -> Bool) {
        self.tellComments()
        while !isDone() {
            let delivery = self.inbox.take(until: self.deadline)
            for event in delivery.events { self.take(event) }
            self.lists.archived(self.journal.archive(), self.model)
            self.collect()
            if self.hasChanged, !self.mailbox.isBehind || !delivery.requests.isEmpty { self.publish() }
            for request in delivery.requests { self.perform(request) }
            if self.lists.isDue { self.publish() }
            if self.lists.hasUndecided { self.decide() }
            self.goOnExporting()
        }
        self.counting?.cancel()
    }

    /// Looks into the records of invocations that a filter is undecided about, for a moment: what is asked for comes
    /// first.
    private func decide() {
        let end = DispatchTime.now() + .milliseconds(10)
        while self.lists.hasUndecided, DispatchTime.now() < end { self.lists.decideNext(self.model) }
        self.hasChanged = true
    }

    /// While the view has not looked at the last numbers, it is told the next ones a moment later; and what lists nobody
    /// looks at have come to, some time later.
    private var deadline: DispatchTime {
        if self.lists.hasUndecided || self.exporting != nil { return .now() }
        if self.hasChanged { return .now() + .milliseconds(4) }
        return self.lists.isStale || self.lists.isBusy || self.isCounting ? .now() + .milliseconds(100) : .distantFuture
    }

    // MARK: Records

    private func take(_ event: FeedEvent) {
        switch event {
        case .records(let records): self.take(records)
        case .broken(let error): self.mailbox.post(.notice("not a record: \(error)", isFailure: true))
        case .status(let status): self.take(status)
        case .again(let event): self.again?.take(event)
        case .ended(let failure):
            defer { self.mailbox.setEnded() }
            self.hasChanged = true
            guard let failure else { return }
            self.mailbox.post(.connection(.failed(failure.message)))
            self.mailbox.post(.notice(failure.message, isFailure: true))
        }
    }

    private func take(_ records: [Record]) {
        let changes = self.journal.take(records)
        for row in changes.rows {
            switch row {
            case .invocation(let id): self.noteInFlight(id)
            case .initialization(let id): self.noteInitialization(id)
            case .event: break
            }
        }
        if self.showsFold { self.hasChanged = true }
        guard self.concluded == nil else { return }
        self.hasChanged = true
        self.lists.changed(changes.rows, self.model)
    }

    /// Of all invocations at once; of those that a filter lets through as they are counted.
    private func tellStatistics() {
        guard let filter = self.lists.filter else {
            let report = StatisticsReport(self.model.statistics, self.model.currentTotals)
            return self.mailbox.post(.statistics(report, of: nil, progress: nil))
        }
        if self.counting?.filter != filter {
            self.counting?.cancel()
            let inbox = self.inbox
            self.counting = FilteredCount(filter, self.lists.store) { inbox.wake() }
        }
        self.isCounting = true
        self.counting?.catchUp()
    }

    /// What was found behind, since the last look.
    private func collect() {
        do throws(StoreError) {
            if let counting, let found = try counting.take() {
                if found.progress == nil { self.isCounting = false }
                self.mailbox.post(.statistics(found.report, of: counting.filter, progress: found.progress))
            }
        } catch {
            self.isCounting = false
            self.mailbox.post(.notice("\(error)", isFailure: true))
        }
        if self.lists.collect(self.model) { self.hasChanged = true }
        if let answer = self.lists.foundLater(self.model) { self.mailbox.post(answer) }
        guard let failure = self.lists.failure else { return }
        self.lists.failure = nil
        self.mailbox.post(.notice("\(failure)", isFailure: true))
    }

    private var model: Model { self.journal.model }

    private func noteInFlight(_ id: InvocationID) {
        let summary = self.model.summary(id)
        let isInFlight = summary?.state.isInFlight == true
        if let (before, after) = self.again?.changed(id, of: summary?.function ?? "", isInFlight: isInFlight) {
            self.compare(after, with: before).map { self.mailbox.post(.again(.compared($0))) }
        }
        self.inFlight[id] = isInFlight ? Self.watched(until: summary?.deadline) : nil
    }

    private static func watched(until deadline: Timestamp?) -> Timestamp {
        deadline?.adding(milliseconds: 2 * UIState.patience) ?? Timestamp(microseconds: .max)
    }

    private func noteInitialization(_ id: InvocationID) {
        guard let initialization = self.model.invocation(id) else { return }
        guard !initialization.state.isInFlight else {
            self.inFlight[id] = Self.watched(until: nil)
            return
        }
        self.inFlight[id] = nil
        let function = initialization.function
        // A function that does not start is said until it does again.
        let failure = self.concluded == nil ? initialization.startFailure?.description : nil
        if self.troubles[function] != failure {
            self.troubles[function] = failure
            self.mailbox.post(.trouble(function: function, reason: failure))
        }
        let unseen = failure == nil ? Self.whyCallsAreUnseen(initialization.initialization) : nil
        if self.unseen[function] != unseen {
            self.unseen[function] = unseen
            self.mailbox.post(.callsUnseen(function: function, reason: unseen))
        }
    }

    /// Nil where an interceptor watches.
    private static func whyCallsAreUnseen(_ initialization: Initialization?) -> String? {
        guard let initialization else { return nil }
        guard let interceptor = initialization.interceptor else {
            return "no interceptor was loaded into \(initialization.runtime ?? "the runtime")"
        }
        return interceptor.stoodDown.map { "the interceptor stood down: \($0)" }
    }

    private func take(_ status: FeedStatus) {
        switch status {
        case .connecting: self.mailbox.post(.connection(.connecting))
        case .connected:
            self.lostAt = nil
            self.mailbox.post(.connection(.connected))
        case .lost(let reason, let pause):
            let now = SystemClock.now()
            let since = self.lostAt ?? now
            self.lostAt = since
            // What is said on a line of its own begins with the source.
            let name = self.source.prefix { $0 != " " } + ": "
            let reason = reason.hasPrefix(name) ? String(reason.dropFirst(name.count)) : reason
            let retryAt = now.adding(milliseconds: Double(pause))
            self.mailbox.post(.connection(.lost(source: self.source, since: since, retryAt: retryAt, reason: reason)))
        case .notice(let text): self.mailbox.post(.notice(text))
        case .source(let status): self.mailbox.post(.source(status))
        }
    }

    private func publish() {
        self.hasChanged = false
        let counts = self.lists.counts(self.model)
        let filtering = UIMessage.Filtering(
            all: self.lists.all,
            progress: self.lists.progress,
            givenUp: self.lists.givenUp
        )
        self.mailbox.post(.changed(self.concluded ?? self.model.currentTotals, counts: counts, filtering))
        self.mailbox.setInFlight(until: self.inFlight.values.max())
    }

    // MARK: Answers

    private func perform(_ effect: UIEffect) {
        switch effect {
        case .loadRows(let view, let range):
            // What a list has may be counted only while it is looked at.
            if self.lists.view != view { self.hasChanged = true }
            self.showsFold = view == .environments
            let rows = self.lists.rows(view, in: range, self.model)
            self.mailbox.post(.rows(view, start: range.lowerBound, rows))
        case .loadStatistics:
            self.showsFold = true
            self.tellStatistics()
        case .loadFunctions: self.mailbox.post(.functions(self.model.functionCounts))
        case .loadDetail(let id):
            self.mailbox.post(self.detail(id).map(UIMessage.detail) ?? .detailGone(id))
        case .loadRecords(let id): self.mailbox.post(.records(id, self.lists.records(of: id)))
        case .find(let view, let query, let from, let forward):
            let answer = self.lists.find(view, query, from: from, forward: forward, self.model)
            if let answer { self.mailbox.post(answer) }
        case .look(let sight):
            self.lists.look(sight, self.model)
            if self.counting?.filter != sight.filter {
                self.counting?.cancel()
                self.counting = nil
                self.isCounting = false
            }
            self.publish()
        case .invoke(let function, let event): self.errands()?.invoke(function, Array(event.utf8))
        case .replay(let id): self.known(id).map { self.errands()?.replay($0) }
        case .draft(let id): self.known(id).map { self.errands()?.draft($0) }
        case .loadEvents(let function): self.errands()?.loadEvents(of: function)
        case .compare(let id, let other): self.mailbox.post(.comparison(self.compare(id, with: other)))
        case .again(let id): self.again?.begin(id.flatMap { self.known($0) })
        case .export(let format, let scope): self.export(format, scope)
        case .comment(let id, let text): self.keep(text, on: id)
        case .copy, .edit, .page, .setMouse, .remember, .suspend, .quit: break
        }
    }

    private func detail(_ id: InvocationID) -> InvocationDetail? {
        if let detail = self.model.detail(id) { return detail }
        return self.stored(id).map {
            InvocationDetail($0, after: self.model.predecessors(of: id), freezes: self.model.freezes(since: $0))
        }
    }

    private func stored(_ id: InvocationID) -> Invocation? { self.lists.stored(id, self.model.summary(id)) }

    func known(_ id: InvocationID) -> Invocation? { self.model.invocation(id) ?? self.stored(id) }

    // MARK: What is shown

    var shownRows: Int { self.lists.shownCount(self.model) }

    func shownInvocation(at index: Int) -> Invocation? {
        self.lists.shownRow(at: index, self.model)?.id.invocationID.flatMap { self.known($0) }
    }

    func tell(_ message: UIMessage) { self.mailbox.post(message) }

    func say(_ text: String, isFailure: Bool = false) { self.tell(.notice(text, isFailure: isFailure)) }

    /// What runs functions; says so where nothing does.
    private func errands() -> EventErrands? {
        guard let invoker else {
            self.mailbox.post(.notice("\(self.source) only shows what happens", isFailure: true))
            return nil
        }
        return EventErrands(invoker: invoker, mailbox: self.mailbox)
    }

    private func compare(_ id: InvocationID, with other: InvocationID?) -> Comparison? {
        guard let invocation = self.known(id), let partner = (other ?? self.runBefore(invocation)).flatMap(self.known)
        else { return nil }
        let isEarlier = partner.time <= invocation.time
        return isEarlier ? Comparison(partner, invocation) : Comparison(invocation, partner)
    }

    private func runBefore(_ invocation: Invocation) -> InvocationID? {
        let runs = self.lists.runs(
            of: invocation.function,
            before: invocation.id,
            self.model,
            count: RunBefore.events,
            rows: RunBefore.rows
        )
        return RunBefore.find(invocation, runs) { self.known($0) }
    }
}
