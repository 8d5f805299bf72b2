/// When the view takes in what came, and when it is painted: a key at once, all else at most once a frame. Rows that were
/// asked for because of new numbers still come into the same frame, since what came is taken in more often than it is
/// painted. Times are in nanoseconds of any clock that does not go back.
package struct FramePace: Sendable {
    /// At most so often is the screen painted, and is taken in what came, unless a key was pressed.
    package static let frame: UInt64 = 16_000_000
    package static let portion: UInt64 = 4_000_000

    private let frame: UInt64
    private let portion: UInt64
    private var taken: UInt64 = 0
    private var painted: UInt64 = 0
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
        let frame = self.painted + self.frame
        guard self.isAwaiting, let dirtySince else { return frame }
        return max(frame, dirtySince + 2 * self.portion)
    }

    package mutating func paint(at now: UInt64) {
        self.painted = now
        self.dirtySince = nil
        self.isAwaiting = false
    }

    /// Rounded up, so that it is time then.
    private static func milliseconds(until due: UInt64, at now: UInt64) -> Int32 {
        due > now ? Int32(min((due - now + 999_999) / 1_000_000, 1_000)) : 0
    }
}
