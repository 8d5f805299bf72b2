import LmonHTTP
import Synchronization

/// A loop and a listener for the length of a test.
func withServer<Result: Sendable>(
    limits: HTTPServer.Limits = HTTPServer.Limits(),
    bodyMode: HTTPServer.BodyModeDecision? = nil,
    handler: @escaping HTTPHandler,
    _ body: (HTTPServer, Loop) async throws -> Result
) async throws -> Result {
    let loop = Loop()
    let server = try HTTPServer(
        host: "127.0.0.1",
        port: 0,
        on: loop,
        limits: limits,
        bodyMode: bodyMode,
        handler: handler
    )
    do {
        let result = try await body(server, loop)
        await server.close()
        await loop.shutdown()
        return result
    } catch {
        await server.close()
        await loop.shutdown()
        throw error
    }
}

extension Loop {
    /// Runs `body` on the loop and waits for it.
    func perform<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            self.execute { continuation.resume(returning: body()) }
        }
    }
}

/// What happened, by name, for a test that waits for it on another thread.
final class Events: Sendable {
    private struct State {
        var all: [String] = []
        var waiters: [(event: String, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var all: [String] { self.state.withLock { $0.all } }

    func add(_ event: String) {
        let ready = self.state.withLock { state in
            state.all.append(event)
            let ready = state.waiters.filter { $0.event == event }
            state.waiters.removeAll { $0.event == event }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Returns once `event` has been added, however long ago.
    func wait(for event: String) async {
        await withCheckedContinuation { continuation in
            let isThere = self.state.withLock { state in
                if state.all.contains(event) { return true }
                state.waiters.append((event, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}

/// A value that is used on one loop only, for closures that must be Sendable.
final class OnLoop<Value>: @unchecked Sendable {
    // Unchecked: tests touch the value on the loop only.
    var value: Value

    init(_ value: Value) {
        self.value = value
    }
}
