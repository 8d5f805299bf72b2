import Dispatch
import Foundation
import LmonModel
import LmonRecord
import Synchronization

/// Folds a feed until all of one invocation is known.
final class InvocationWatch: Sendable {
    let inbox = Inbox()
    private let model = Mutex(Model())

    /// The last run of the request, and what can be said of it; nil if its records did not come in time. Without a limit
    /// it waits for as long as the function runs.
    func detail(of requestID: String, within limit: DispatchTimeInterval?) async -> InvocationDetail? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let deadline = limit.map { DispatchTime.now() + $0 } ?? .distantFuture
                continuation.resume(returning: self.model.withLock { self.fold(&$0, requestID, until: deadline) })
            }
        }
    }

    private func fold(_ model: inout Model, _ requestID: String, until deadline: DispatchTime) -> InvocationDetail? {
        var isReported = false
        while !isReported {
            let delivery = self.inbox.take(until: deadline)
            for case .records(let records) in delivery.events {
                for record in records {
                    model.apply(record)
                    isReported = isReported || (record.type == .report && record.requestID == requestID)
                }
            }
            if DispatchTime.now() >= deadline { break }
        }
        return model.invocations(requestID: requestID).last.flatMap { model.detail($0) }
    }
}
