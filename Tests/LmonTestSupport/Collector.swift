import Synchronization

/// Collects values from any thread, and waits for them.
package final class Collector<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())

    package var elements: [Element] { self.state.withLock { $0.elements } }

    package init() {}

    package func add(_ element: Element) {
        let waiter = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.elements.append(element)
            guard let waiter = state.waiter, state.elements.count >= waiter.count else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume()
    }

    /// Returns once there are as many; one waiter at a time.
    package func wait(for count: Int) async -> [Element] {
        await withCheckedContinuation { continuation in
            let isThere = self.state.withLock { state in
                if state.elements.count >= count { return true }
                state.waiter = (count, continuation)
                return false
            }
            if isThere { continuation.resume() }
        }
        return self.elements
    }
}
