import Foundation

/// What time it is for a viewer, in milliseconds since 1970: a wall clock that is not set while it runs. One that is faster
/// than this machine's makes hours pass in minutes, for trials.
package struct ViewerClock: Sendable {
    private let startedAt = ContinuousClock.now
    private let wallStart = Int64(Date().timeIntervalSince1970 * 1000)
    private let speed: Double

    package init(speed: Double = 1) {
        self.speed = speed
    }

    package var now: Int64 {
        let passed = self.startedAt.duration(to: .now) / .milliseconds(1)
        return self.wallStart + Int64(passed * self.speed)
    }

    /// How long it is until then; a millisecond of this machine's at least, so that whoever waits does nothing else meanwhile
    /// than wait.
    package func wait(until time: Int64) -> Duration {
        .milliseconds(max(1, Double(time - self.now) / self.speed))
    }
}
