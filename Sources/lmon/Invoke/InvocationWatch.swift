import Dispatch
import Foundation
import LmonModel
import LmonRecord
import Synchronization

/// Folds a feed until all of one invocation is known.
final class InvocationWatch: Sendable {
    struct Watched: Sendable {
        let detail: InvocationDetail
        /// What it waited for.
        let initialization: Invocation?

        var invocation: Invocation { self.detail.invocation }
    }

    let inbox = Inbox()
    private let model = Mutex(Model())
    /// Where an agent tells, the report comes with its environment's next invocation only: nobody waits for that one.
    private static let afterEnd = DispatchTimeInterval.milliseconds(300)

    /// The last run of the request, and what can be said of it; nil if its records did not come in time.
    ///
    /// It waits until nothing came for `quiet` seconds: a viewer is first given what was before it, which may be much.
    /// Where something always comes, ten times as long. Without a limit, for as long as the function runs.
    func detail(of requestID: String, quiet: Int?) async -> Watched? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: self.model.withLock { self.fold(&$0, requestID, quiet: quiet) })
            }
        }
    }

    private func fold(_ model: inout Model, _ requestID: String, quiet: Int?) -> Watched? {
        let last = quiet.map { DispatchTime.now() + .seconds(10 * $0) } ?? .distantFuture
        var pause = quiet.map { DispatchTimeInterval.seconds($0) }
        var isReported = false
        while !isReported {
            let deadline = pause.map { min(last, .now() + $0) } ?? .distantFuture
            let delivery = self.inbox.take(until: deadline)
            for case .records(let records) in delivery.events {
                for record in records {
                    model.apply(record)
                    guard record.requestID == requestID else { continue }
                    isReported = isReported || record.type == .report
                    if quiet != nil, record.type == .handlerEnd { pause = Self.afterEnd }
                }
            }
            if DispatchTime.now() >= deadline, delivery.events.isEmpty || DispatchTime.now() >= last { break }
        }
        return model.invocations(requestID: requestID).last.flatMap { id in
            model.detail(id).map { Watched(detail: $0, initialization: model.initialization(of: id)) }
        }
    }
}
