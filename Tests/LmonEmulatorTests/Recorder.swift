import LmonJSON
import LmonRecord
import Synchronization

/// Keeps what an emulator observes, and lets tests wait for it.
final class Recorder: Sendable {
    typealias Condition = @Sendable ([Observation]) -> Bool

    private struct State {
        var observations: [Observation] = []
        var waiting: [(condition: Condition, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var observations: [Observation] { self.state.withLock { $0.observations } }

    func add(_ observation: Observation) {
        let ready = self.state.withLock { state in
            state.observations.append(observation)
            let observations = state.observations
            let ready = state.waiting.filter { $0.condition(observations) }
            if !ready.isEmpty { state.waiting.removeAll { $0.condition(observations) } }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Returns as soon as `condition` holds of all that was observed.
    func wait(until condition: @escaping Condition) async {
        await withCheckedContinuation { continuation in
            let holds = self.state.withLock { state in
                if condition(state.observations) { return true }
                state.waiting.append((condition, continuation))
                return false
            }
            if holds { continuation.resume() }
        }
    }

    func wait(for type: RecordType, count: Int = 1) async {
        await self.wait { $0.count { $0.type == type } >= count }
    }

    func payloads(_ type: RecordType) throws -> [JSONValue] {
        try self.observations.filter { $0.type == type }.map { try JSONValue(parsing: $0.payload) }
    }

    /// Types in order, without what the function wrote.
    var story: [String] {
        self.observations.filter { $0.type != .function }.map { observation in
            let status = (try? JSONValue(parsing: observation.payload))?["status"]?.string
            return ([observation.type.rawValue] + (status.map { [$0] } ?? [])).joined(separator: " ")
        }
    }
}
