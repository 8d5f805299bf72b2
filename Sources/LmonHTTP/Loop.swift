import NIOCore
import NIOPosix

/// One thread that carries all sockets, timers and routes of a part of the program, and the executor of its actors.
///
/// An actor whose `unownedExecutor` is a loop may be entered from a route by `assumeIsolated`, without a hop.
package final class Loop: SerialExecutor {
    private let group: MultiThreadedEventLoopGroup
    let eventLoop: any EventLoop

    package init() {
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        self.eventLoop = self.group.next()
    }

    /// Ends the thread; everything that was opened on the loop must have been closed.
    package func shutdown() async {
        try? await self.group.shutdownGracefully()
    }

    // MARK: Executor

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = self.asUnownedSerialExecutor()
        self.eventLoop.execute { job.runSynchronously(on: executor) }
    }

    package func checkIsolated() {
        self.eventLoop.preconditionInEventLoop()
    }

    package func isIsolatingCurrentContext() -> Bool? {
        self.eventLoop.inEventLoop
    }

    package var isCurrent: Bool { self.eventLoop.inEventLoop }

    // MARK: Work

    /// Runs `body` on the loop, later: never within the call, not even from the loop itself.
    package func execute(_ body: @escaping @Sendable () -> Void) {
        self.eventLoop.execute(body)
    }

    @discardableResult
    package func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> LoopTimer {
        LoopTimer(self.eventLoop.scheduleTask(in: TimeAmount(delay), body))
    }
}

/// A body that will run once; cancelling after that does nothing.
package struct LoopTimer: Sendable {
    private let scheduled: Scheduled<Void>

    fileprivate init(_ scheduled: Scheduled<Void>) {
        self.scheduled = scheduled
    }

    package func cancel() {
        self.scheduled.cancel()
    }
}
