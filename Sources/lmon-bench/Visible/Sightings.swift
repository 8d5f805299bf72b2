import LmonRecord
import Synchronization

/// When a viewer had the last call of each invocation.
final class Sightings: Sendable {
    private let state = Mutex<[String: ContinuousClock.Instant]>([:])

    func take(_ records: [Record]) {
        let now = ContinuousClock.now
        self.state.withLock { state in
            for record in records where record.type == .httpEnd {
                if let requestID = record.requestID { state[requestID] = now }
            }
        }
    }

    var isEmpty: Bool { self.state.withLock { $0.isEmpty } }

    subscript(requestID: String) -> ContinuousClock.Instant? { self.state.withLock { $0[requestID] } }
}
