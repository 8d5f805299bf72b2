import NIOCore
import NIOPosix
import Synchronization

/// One event loop on a thread of its own: sockets, timers and, as a serial executor, the actors that live on it.
///
/// An actor whose `unownedExecutor` is a loop is entered from the loop's callbacks with `assumeIsolated`, without a hop.
/// Every callback of this module runs on the loop that was handed in.
package final class Loop: SerialExecutor, Sendable {
    let group: MultiThreadedEventLoopGroup
    let eventLoop: any EventLoop

    package init() {
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        self.eventLoop = self.group.next()
    }

    // MARK: Executor

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.eventLoop.execute { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    package func checkIsolated() {
        self.eventLoop.preconditionInEventLoop()
    }

    package func isIsolatingCurrentContext() -> Bool? {
        self.eventLoop.inEventLoop
    }

    /// True on the loop's own thread.
    package var isCurrent: Bool { self.eventLoop.inEventLoop }

    // MARK: Work

    /// Runs `body` on the loop, after what is running now.
    package func execute(_ body: @escaping @Sendable () -> Void) {
        self.eventLoop.execute(body)
    }

    /// Runs `body` at once if this is the loop's thread, else as soon as the loop gets to it.
    package func run(_ body: @escaping @Sendable () -> Void) {
        if self.eventLoop.inEventLoop { body() } else { self.eventLoop.execute(body) }
    }

    /// Runs `body` on the loop once `delay` has passed, unless the timer is cancelled before. After `shutdown` it never runs.
    @discardableResult
    package func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> LoopTimer {
        let timer = LoopTimer(body)
        timer.start(on: self.eventLoop, after: delay)
        return timer
    }

    /// Monotonic.
    package var now: ContinuousClock.Instant { .now }

    /// Closes all that is open on the loop and ends its thread. Nothing of the loop may be used afterwards.
    package func shutdown() async {
        // It fails only when it was called before.
        try? await self.group.shutdownGracefully()
    }
}

/// A timer of a loop. Once `cancel` was called on the loop, the timer's body does not run any more.
package final class LoopTimer: Sendable {
    private struct State {
        var body: (@Sendable () -> Void)?
        var callback: NIOScheduledCallback?
    }

    private let state: Mutex<State>

    fileprivate init(_ body: @escaping @Sendable () -> Void) {
        self.state = Mutex(State(body: body))
    }

    package func cancel() {
        let callback = self.state.withLock { state in
            state.body = nil
            defer { state.callback = nil }
            return state.callback
        }
        callback?.cancel()
    }

    fileprivate func start(on eventLoop: any EventLoop, after delay: Duration) {
        let callback = try? eventLoop.scheduleCallback(in: TimeAmount(delay), handler: Expiry(timer: self))
        self.state.withLock { state in
            if state.body != nil { state.callback = callback }
        }
    }

    private func fire() {
        let body = self.state.withLock { state in
            defer { state = State() }
            return state.body
        }
        body?()
    }

    private struct Expiry: NIOScheduledCallbackHandler, Sendable {
        let timer: LoopTimer

        func handleScheduledCallback(eventLoop: some EventLoop) {
            self.timer.fire()
        }
    }
}
