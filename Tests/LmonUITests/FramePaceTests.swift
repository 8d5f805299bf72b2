import LmonUI
import Testing

/// When the view is painted.
@Suite struct FramePaceTests {
    private static let millisecond: UInt64 = 1_000_000

    /// After so many paints at once that the next one is a frame away.
    private static func painted(at time: UInt64) -> FramePace {
        var pace = FramePace()
        for _ in 0..<6 { pace.paint(at: time) }
        return pace
    }

    @Test func manyKeysDoNotHoldUpWhatComes() {
        var pace = FramePace()
        for key in 0..<500 { pace.paint(at: UInt64(1_000 + key) * Self.millisecond) }
        _ = pace.take(at: 1_500 * Self.millisecond, hasInput: false)
        #expect(pace.timeout(at: 1_500 * Self.millisecond, tick: nil) <= 16)
    }

    @Test func aBurstAfterARestIsPaintedAtOnce() {
        var pace = FramePace()
        pace.paint(at: 5_000 * Self.millisecond)
        var paints = 0
        for step in 0..<20 {
            let now = (6_000 + UInt64(step)) * Self.millisecond
            guard pace.take(at: now, hasInput: false) else { continue }
            pace.paint(at: now)
            paints += 1
        }
        #expect(paints == 7, "six at once, and one that is due in these 20 ms")
    }

    @Test func onAverageItIsOnceAFrame() {
        var pace = FramePace()
        var paints = 0
        for step in 0..<1_600 {
            let now = (1_000 + UInt64(step)) * Self.millisecond
            guard pace.take(at: now, hasInput: false) else { continue }
            pace.paint(at: now)
            paints += 1
        }
        #expect((100...106).contains(paints))
    }

    @Test func nothingHappensWhileNothingCame() {
        let pace = Self.painted(at: 100 * Self.millisecond)
        #expect(pace.timeout(at: 101 * Self.millisecond, tick: nil) == -1)
        #expect(pace.timeout(at: 101 * Self.millisecond, tick: 100) == 100)
    }

    @Test func aKeyIsPaintedAtOnce() {
        var pace = Self.painted(at: 100 * Self.millisecond)
        let isDue1 = pace.take(at: 100 * Self.millisecond + 1, hasInput: true)
        #expect(isDue1)
    }

    @Test func whatCameIsPaintedOnceAFrame() {
        var pace = Self.painted(at: 100 * Self.millisecond)
        let isDue2 = pace.take(at: 104 * Self.millisecond, hasInput: false)
        #expect(!isDue2)
        #expect(pace.timeout(at: 104 * Self.millisecond, tick: nil) == 12)
        #expect(pace.timeout(at: 104 * Self.millisecond, tick: 5) == 5)
        // Rows that it asked for come into the same frame.
        #expect(pace.rest(at: 105 * Self.millisecond) == 3)
        let isDue3 = pace.take(at: 108 * Self.millisecond, hasInput: false)
        #expect(!isDue3)
        let isDue4 = pace.take(at: 116 * Self.millisecond, hasInput: false)
        #expect(isDue4)
        pace.paint(at: 117 * Self.millisecond)
        #expect(pace.timeout(at: 118 * Self.millisecond, tick: nil) == -1)
    }

    @Test func aTimeoutIsNeverTooShort() {
        var pace = Self.painted(at: 0)
        _ = pace.take(at: 1, hasInput: false)
        for now in stride(from: UInt64(1), to: FramePace.frame, by: 777_777) {
            let timeout = UInt64(pace.timeout(at: now, tick: nil)) * Self.millisecond
            #expect(now + timeout >= FramePace.frame)
            #expect(timeout > 0)
        }
    }

    @Test func rowsThatWereAskedForAreWaitedForAMoment() {
        var pace = Self.painted(at: 0)
        let isDue5 = pace.take(at: 100 * Self.millisecond, hasInput: false, isAwaiting: true)
        #expect(!isDue5)
        #expect(pace.timeout(at: 100 * Self.millisecond, tick: nil) == 8)
        let isDue6 = pace.take(at: 104 * Self.millisecond, hasInput: false)
        #expect(isDue6, "they have come")
        pace.paint(at: 104 * Self.millisecond)
        let isDue7 = pace.take(at: 200 * Self.millisecond, hasInput: false, isAwaiting: true)
        #expect(!isDue7)
        let isDue8 = pace.take(at: 208 * Self.millisecond, hasInput: false, isAwaiting: true)
        #expect(isDue8, "they have not")
    }

    @Test func aScriptWaitsForNothing() {
        var pace = FramePace(isInstant: true)
        pace.paint(at: 100)
        #expect(pace.rest(at: 100) == 0)
        let isDue9 = pace.take(at: 100, hasInput: false)
        #expect(isDue9)
    }
}
