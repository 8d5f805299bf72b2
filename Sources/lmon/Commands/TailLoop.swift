import Dispatch
import Foundation
import LmonModel
import LmonRecord
import LmonUI
import Synchronization

/// Prints what a feed says until it ends, enough was seen, time is up, or somebody interrupts.
final class TailLoop: Sendable {
    enum Outcome: Sendable {
        case ended
        /// As many invocations as were asked for are done; others may be in flight.
        case enough(SessionTotals, done: Int)
        /// What `--until` waited for.
        case reached(String)
        case timedOut(String)
        case interrupted(Int32)
        /// Nobody reads standard output any more.
        case unread
        case failed(Failure)

        /// Says on standard error what is to be said, and throws if the status is not 0.
        func end() throws {
            switch self {
            case .ended, .unread: return
            case .enough(let totals, let done): Note.write(Self.summary(totals, done: done))
            case .reached(let message): Note.write(message)
            case .timedOut(let message): throw Failure(status: Failure.timedOut, message)
            case .interrupted(let signal): throw Silent(status: 128 + signal)
            case .failed(let failure): throw failure
            }
        }

        private static func summary(_ totals: SessionTotals, done: Int) -> String {
            var parts = ["\(done) \(done == 1 ? "invocation" : "invocations")"]
            parts.append("\(totals.failed) failed")
            parts.append("\(totals.cold) cold")
            if let p95 = totals.p95 { parts.append("p95 \(Format.duration(p95))") }
            if totals.dropped > 0 { parts.append("\(totals.dropped) records dropped") }
            let others = totals.invocations - done
            if others > 0 { parts.append("\(others) others") }
            return parts.joined(separator: ", ")
        }
    }

    private let feed: any Feed
    private let timeout: DurationArgument?
    private let inbox = Inbox()
    private let state: Mutex<State>
    private let signal = Mutex<Int32?>(nil)

    private struct State {
        var printer: RecordPrinter
        var model = Model()
        var conditions: TailConditions
        var broken = 0
        /// That nothing is there is news once.
        var saidEmpty = false
        var outcome: Outcome?
    }

    init(feed: any Feed, printer: RecordPrinter, conditions: TailConditions, timeout: DurationArgument?) {
        self.feed = feed
        self.timeout = timeout
        self.state = Mutex(State(printer: printer, conditions: conditions))
    }

    func run() async -> Outcome {
        Interrupts.watch { number in
            self.signal.withLock { $0 = number }
            self.inbox.wake()
        }
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: self.loop()) }
        }
    }

    private func loop() -> Outcome {
        let deadline = self.timeout.map { DispatchTime.now() + .milliseconds(Int($0.milliseconds)) }
        self.feed.start(into: self.inbox)
        defer {
            self.inbox.close()
            self.feed.stop()
        }
        return self.state.withLock { state in
            defer {
                state.printer.finish(in: state.model)
                StandardOutput.flush()
            }
            while true {
                let delivery = self.inbox.take(until: deadline ?? .distantFuture)
                for event in delivery.events {
                    self.take(event, &state)
                    if let outcome = state.outcome { return outcome }
                }
                if !StandardOutput.flush() { return .unread }
                if let signal = self.signal.withLock({ $0 }) { return .interrupted(signal) }
                if let deadline, DispatchTime.now() >= deadline { return self.timedOut(state) }
            }
        }
    }

    private func take(_ event: FeedEvent, _ state: inout State) {
        switch event {
        case .records(let records):
            for record in records where state.outcome == nil { self.take(record, &state) }
        case .again: break
        case .broken(let error):
            state.broken += 1
            _ = StandardOutput.flush()
            Note.write("lmon: \(error)")
        case .status(let status):
            _ = StandardOutput.flush()
            self.say(status, &state)
        case .ended(let failure):
            StandardOutput.flush()
            state.outcome = failure.map { .failed($0) } ?? self.end(&state)
        }
    }

    private func take(_ record: Record, _ state: inout State) {
        let change = state.model.apply(record)
        guard !change.isDuplicate else { return }
        guard state.printer.print(record, after: change, in: state.model) else {
            state.outcome = .unread
            return
        }
        state.outcome = state.conditions.verdict(after: record, change, in: state.model).map { self.outcome($0, state) }
    }

    private func outcome(_ verdict: TailConditions.Verdict, _ state: State) -> Outcome {
        switch verdict {
        case .enough: .enough(state.model.currentTotals, done: state.conditions.count)
        case .reached(let name): .reached("\(name) matches \(Self.text(state.conditions.until))")
        case .failed(let name): .failed(.run("\(name) matches \(Self.text(state.conditions.failOn))"))
        }
    }

    private static func text(_ filter: Filter?) -> String { filter?.description ?? "" }

    private func say(_ status: FeedStatus, _ state: inout State) {
        switch status {
        case .connecting, .connected: break
        case .source(let status):
            guard !state.saidEmpty, let line = status.emptyLine(offset: state.printer.offset) else { return }
            state.saidEmpty = true
            Note.write("lmon: \(line)")
        case .lost(let reason, let pause):
            Note.write("lmon: \(reason); trying again in \(Format.duration(Double(pause)))")
        case .notice(let text): Note.write("lmon: \(text)")
        }
    }

    /// The source is at its end. What was waited for and did not come is a failure: a script waits for it.
    private func end(_ state: inout State) -> Outcome {
        if let verdict = state.conditions.verdictAtEnd(in: state.model) { return self.outcome(verdict, state) }
        if state.broken > 0 {
            let lines = state.broken == 1 ? "line is" : "lines are"
            return .failed(.run("\(state.broken) \(lines) no record of lmon"))
        }
        if let limit = state.conditions.limit {
            return .failed(.run("the source ended after \(state.conditions.count) of \(limit) invocations"))
        }
        guard let until = state.conditions.until else { return .ended }
        return .failed(.run("the source ended before anything matched \(until)"))
    }

    private func timedOut(_ state: State) -> Outcome {
        let time = self.timeout?.text ?? ""
        if let limit = state.conditions.limit {
            return .timedOut("\(state.conditions.count) of \(limit) invocations were done after \(time)")
        }
        guard let until = state.conditions.until else { return .timedOut("stopped after \(time)") }
        return .timedOut("nothing matched \(until) within \(time)")
    }
}
