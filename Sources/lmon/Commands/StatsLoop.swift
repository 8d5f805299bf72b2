import Dispatch
import Foundation
import LmonModel
import LmonRecord
import LmonUI
import Synchronization

/// Folds what a feed says until it ends, enough was seen, time is up, or somebody interrupts.
final class StatsLoop: Sendable {
    enum Outcome: Sendable {
        case done
        case timedOut(String)
        case interrupted(Int32)
        case failed(Failure)

        /// Throws if the status is not 0.
        func end() throws {
            switch self {
            case .done: return
            case .timedOut(let message): throw Failure(status: Failure.timedOut, message)
            case .interrupted(let signal): throw Silent(status: 128 + signal)
            case .failed(let failure): throw failure
            }
        }
    }

    private struct State {
        var fold: StatisticsFold
        var broken = 0
    }

    private let feed: any Feed
    private let count: Int?
    private let timeout: DurationArgument?
    private let inbox = Inbox()
    private let state: Mutex<State>
    private let signal = Mutex<Int32?>(nil)

    init(feed: any Feed, filter: Filter?, count: Int?, timeout: DurationArgument?) {
        self.feed = feed
        self.count = count
        self.timeout = timeout
        self.state = Mutex(State(fold: StatisticsFold(filter)))
    }

    func run() async -> (StatisticsReport, Outcome) {
        Interrupts.watch { number in
            self.signal.withLock { $0 = number }
            self.inbox.wake()
        }
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: self.loop()) }
        }
    }

    private func loop() -> (StatisticsReport, Outcome) {
        let deadline = self.timeout.map { DispatchTime.now() + .milliseconds(Int($0.milliseconds)) }
        self.feed.start(into: self.inbox)
        defer {
            self.inbox.close()
            self.feed.stop()
        }
        return self.state.withLock { state in
            while true {
                let delivery = self.inbox.take(until: deadline ?? .distantFuture)
                for event in delivery.events {
                    if let outcome = self.take(event, &state) { return (state.fold.report, outcome) }
                }
                if let signal = self.signal.withLock({ $0 }) { return (state.fold.report, .interrupted(signal)) }
                if let deadline, DispatchTime.now() >= deadline { return (state.fold.report, self.timedOut(state)) }
            }
        }
    }

    private func take(_ event: FeedEvent, _ state: inout State) -> Outcome? {
        switch event {
        case .records(let records):
            state.fold.take(records)
            return self.count.map { state.fold.count >= $0 } == true ? .done : nil
        case .broken(let error):
            state.broken += 1
            Note.write("lmon: \(error)")
        case .status(.connecting), .status(.connected), .again: break
        case .status(.source(let status)):
            if let line = status.emptyLine(offset: TimeZone.current.secondsFromGMT()) { Note.write("lmon: \(line)") }
        case .status(.lost(let reason, let pause)):
            Note.write("lmon: \(reason); trying again in \(Format.duration(Double(pause)))")
        case .status(.notice(let text)): Note.write("lmon: \(text)")
        case .ended(let failure): return failure.map { .failed($0) } ?? self.end(state)
        }
        return nil
    }

    /// The source is at its end. What was waited for and did not come is a failure, as with `lmon tail`.
    private func end(_ state: State) -> Outcome {
        if state.broken > 0 {
            let lines = state.broken == 1 ? "line is" : "lines are"
            return .failed(.run("\(state.broken) \(lines) no record of lmon"))
        }
        guard let count, state.fold.count < count else { return .done }
        return .failed(.run("the source ended after \(state.fold.count) of \(count) invocations"))
    }

    private func timedOut(_ state: State) -> Outcome {
        guard let count else { return .done }
        return .timedOut("\(state.fold.count) of \(count) invocations were done after \(self.timeout?.text ?? "")")
    }
}
