import Dispatch
import Foundation
import LmonModel
import LmonRecord
import LmonStore
import LmonUI
import Synchronization

/// Folds a session once, and writes each invocation when nothing more is to come of it: memory does not grow with it.
final class ExportRun: Sendable {
    enum Input: Sendable {
        case session(SessionStore)
        /// One that ends by itself.
        case feed(any Feed, name: String)

        static var standardInput: Self { .feed(StandardInputFeed(), name: "standard input") }
    }

    private let input: Input
    private let format: ExportFormat
    private let output: ExportOutput
    private let signal = Mutex<Int32?>(nil)
    private let state: Mutex<State>

    private struct State {
        let filter: Filter?
        var writer: ExportWriter
        var model = Model()
        var progress = ProgressLine()
        var records = 0
        var broken = 0
    }

    /// Rows that are folded before they are written: a late record still changes them.
    private static let kept = 1000
    private static let page = 5000

    init(input: Input, format: ExportFormat, filter: Filter?, output: ExportOutput) {
        self.input = input
        self.format = format
        self.output = output
        self.state = Mutex(State(filter: filter, writer: ExportWriter(format)))
    }

    func interrupt(signal: Int32) { self.signal.withLock { $0 = signal } }

    func run() throws {
        try self.state.withLock { state in
            defer { state.progress.clear() }
            do {
                try self.write(state.writer.beginning)
                switch self.input {
                case .session(let store): try self.read(store, &state)
                case .feed(let feed, let name): try self.read(feed, name, &state)
                }
                try self.write(state.writer.end)
                try self.output.finish()
            } catch {
                self.output.abandon()
                // Nobody reads any more, as behind head: then there is nothing to complain of.
                if error is Unread { return }
                throw error
            }
            state.progress.clear()
            try self.conclude(state)
        }
    }

    private struct Unread: Error {}

    private func conclude(_ state: State) throws {
        if state.broken > 0 {
            let lines = state.broken == 1 ? "line is" : "lines are"
            throw Failure.run("\(state.broken) \(lines) no record of lmon")
        }
        if state.writer.invocations + state.writer.calls == 0, let filter = state.filter {
            return Note.write("nothing matches \(filter)")
        }
        if case .file(let file) = self.output {
            let calls = state.writer.calls == 1 ? "1 call" : "\(state.writer.calls) calls"
            let invocations = state.writer.invocations == 1 ? "1 invocation" : "\(state.writer.invocations) invocations"
            Note.write("\(file.path): \(invocations), \(calls)")
        }
    }

    // MARK: Reading

    private func read(_ store: SessionStore, _ state: inout State) throws {
        let reading = store.committed
        var cursor: Int64 = 0
        while true {
            let page = try reading.records(after: cursor, limit: Self.page)
            guard let last = page.last else { break }
            cursor = last.cursor
            try self.fold(page.map(\.record), reading, &state)
        }
        try self.writeRest(reading, &state)
    }

    private func read(_ feed: any Feed, _ name: String, _ state: inout State) throws {
        let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        let store = try SessionStore.temporary(source: name, startedAt: now)
        defer { store.close() }
        let reading = store.committed
        let inbox = Inbox()
        feed.start(into: inbox)
        defer {
            inbox.close()
            feed.stop()
        }
        var isOpen = true
        while isOpen {
            let delivery = inbox.take(until: .now() + .milliseconds(200))
            for event in delivery.events {
                switch event {
                case .records(let records):
                    store.append(records)
                    // Writing never waits for the disk by itself, and here nothing may be lost.
                    store.flush()
                    try self.fold(records, reading, &state)
                case .broken(let error):
                    state.broken += 1
                    state.progress.clear()
                    Note.write("lmon: \(error)")
                case .ended(let failure):
                    if let failure { throw failure }
                    isOpen = false
                case .status(.lost(let text, _)), .status(.notice(let text)):
                    state.progress.clear()
                    Note.write("lmon: \(text)")
                case .status(.source(let status)):
                    guard let line = status.emptyLine(offset: TimeZone.current.secondsFromGMT()) else { break }
                    state.progress.clear()
                    Note.write("lmon: \(line)")
                case .status, .again: break
                }
            }
            try self.checkSignal()
        }
        if let failure = store.failure { throw Failure.run("\(failure)") }
        try self.writeRest(reading, &state)
    }

    private func fold(_ records: [Record], _ reading: SessionReading, _ state: inout State) throws {
        state.model.apply(contentsOf: records)
        state.records += records.count
        for row in state.model.archive(keeping: Self.kept) { try self.write(row, reading, &state) }
        state.progress.show(self.output) { "\(state.records) records read, \(state.writer.calls) calls written" }
        try self.checkSignal()
    }

    private func writeRest(_ reading: SessionReading, _ state: inout State) throws {
        for row in state.model.remainingRows { try self.write(row, reading, &state) }
    }

    private func checkSignal() throws {
        if let signal = self.signal.withLock({ $0 }) { throw Silent(status: 128 + signal) }
    }

    // MARK: Writing

    private func write(_ row: ArchivedRow, _ reading: SessionReading, _ state: inout State) throws {
        try self.checkSignal()
        let filter = state.filter
        switch row.row {
        case .invocation(let summary):
            guard filter?.matches(summary, row.facts) != false,
                let invocation = try self.invocation(summary.id, summary, reading, state.model),
                filter?.matches(invocation) != false
            else { return }
            try self.write(state.writer.add(invocation) { self.isWanted($0, of: invocation, filter) })
        case .lifecycle(let event):
            guard let id = event.detail, let invocation = try self.invocation(id, nil, reading, state.model),
                !invocation.calls.isEmpty, filter?.matches(event, detail: invocation) != false
            else { return }
            try self.write(state.writer.add(invocation) { self.isWanted($0, of: invocation, filter) })
        }
    }

    private func invocation(
        _ id: InvocationID,
        _ summary: InvocationSummary?,
        _ reading: SessionReading,
        _ model: Model
    ) throws -> Invocation? {
        if let known = model.invocation(id) { return known }
        return Invocation.fold(id, from: try reading.records(of: id), summary: summary)
    }

    /// A command is for itself; an archive is read as a whole.
    private func isWanted(_ call: Call, of invocation: Invocation, _ filter: Filter?) -> Bool {
        guard let filter, self.format == .curl else { return true }
        return filter.matches(call, function: invocation.function, in: invocation)
    }

    private func write(_ bytes: [UInt8]) throws {
        guard try self.output.write(bytes) else { throw Unread() }
    }
}
