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

/// Collects values from any thread, and waits for them.
final class Collector<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())

    var elements: [Element] { self.state.withLock { $0.elements } }

    func add(_ element: Element) {
        let waiter = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.elements.append(element)
            guard let waiter = state.waiter, state.elements.count >= waiter.count else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume()
    }

    /// Returns once there are as many; one waiter at a time.
    func wait(for count: Int) async -> [Element] {
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

extension Loop {
    /// Runs `body` on the loop and waits for it.
    func perform<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            self.execute { continuation.resume(returning: body()) }
        }
    }
}

/// A generator that gives the same numbers in each run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
