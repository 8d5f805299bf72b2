/// When the view takes in what came, and when it is painted: a key at once, all else once a frame on average, but a few
/// times at once after a rest, since what happens then comes in a burst whose end is what somebody waits for. Rows that
/// were asked for because of new numbers still come into the same frame, since what came is taken in more often than it
/// is painted. Times are in nanoseconds of any clock that does not go back.
package struct FramePace: Sendable {
    /// At most so often is the screen painted, and is taken in what came, unless a key was pressed.
    package static let frame: UInt64 = 16_000_000
    package static let portion: UInt64 = 4_000_000
    /// What changed, what was asked for then, and the same once more.
    private static let burst: UInt64 = 6

    private let frame: UInt64
    private let portion: UInt64
    private var taken: UInt64 = 0
    /// When the paints so far were to take place, a frame apart.
    private var planned: UInt64 = 0
    /// Since when something may have changed that was not painted.
    private var dirtySince: UInt64?
    private var isAwaiting = false

    /// `isInstant`: nothing waits.
    package init(isInstant: Bool = false) {
        self.frame = isInstant ? 0 : Self.frame
        self.portion = isInstant ? 0 : Self.portion
    }

    /// Milliseconds until something is to be done if nothing happens; -1 for never. `tick`: the time that passes is shown
    /// so often.
    package func timeout(at now: UInt64, tick: Int32?) -> Int32 {
        guard self.dirtySince != nil else { return tick ?? -1 }
        let rest = Self.milliseconds(until: self.due, at: now)
        return tick.map { min($0, rest) } ?? rest
    }

    /// Milliseconds until what came is to be taken in; 0 for now.
    package func rest(at now: UInt64) -> Int32 { Self.milliseconds(until: self.taken + self.portion, at: now) }

    /// What came was taken in; returns whether the view is to be painted now. `isAwaiting`: it asked for rows, which are
    /// worth a moment.
    package mutating func take(at now: UInt64, hasInput: Bool, isAwaiting: Bool = false) -> Bool {
        self.taken = now
        self.dirtySince = self.dirtySince ?? now
        self.isAwaiting = isAwaiting
        return hasInput || now >= self.due
    }

    private var due: UInt64 {
        let frame = self.planned - min(self.planned, (Self.burst - 1) * self.frame)
        guard self.isAwaiting, let dirtySince else { return frame }
        return max(frame, dirtySince + 2 * self.portion)
    }

    package mutating func paint(at now: UInt64) {
        // However often keys had it painted, what comes waits for one frame at most.
        self.planned = min(max(self.planned, now) + self.frame, now + Self.burst * self.frame)
        self.dirtySince = nil
        self.isAwaiting = false
    }

    /// Rounded up, so that it is time then.
    private static func milliseconds(until due: UInt64, at now: UInt64) -> Int32 {
        due > now ? Int32(min((due - now + 999_999) / 1_000_000, 1_000)) : 0
    }
}
