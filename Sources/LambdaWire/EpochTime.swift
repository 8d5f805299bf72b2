/// A point in time as Lambda's deadlines count it, finer: microseconds since 1970-01-01T00:00:00Z.
///
/// It has no text form here: what writes dates is given to the writers of `PlatformEvent`.
package struct EpochTime: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package static func < (left: EpochTime, right: EpochTime) -> Bool { left.microseconds < right.microseconds }

    package func adding(milliseconds: Int) -> EpochTime {
        EpochTime(microseconds: self.microseconds + Int64(milliseconds) * 1000)
    }

    /// From `start` to this, never negative: a clock that was set back gives 0.
    package func since(_ start: EpochTime) -> Span {
        Span(microseconds: max(0, self.microseconds - start.microseconds))
    }

    /// As deadlines travel: whole milliseconds, rounded down.
    package var milliseconds: Int64 { self.microseconds / 1000 }

    /// A length of time in microseconds, which telemetry writes as milliseconds with up to three decimals.
    package struct Span: Hashable, Comparable, Sendable {
        package let microseconds: Int64

        package init(microseconds: Int64) {
            self.microseconds = microseconds
        }

        package init(milliseconds: Int) {
            self.microseconds = Int64(milliseconds) * 1000
        }

        package static let zero = Span(microseconds: 0)

        package static func < (left: Span, right: Span) -> Bool { left.microseconds < right.microseconds }

        package static func + (left: Span, right: Span) -> Span {
            Span(microseconds: left.microseconds + right.microseconds)
        }

        /// Billing rounds every started millisecond up.
        package var billedMilliseconds: Int { Int((self.microseconds + 999) / 1000) }

        /// `%.2f` milliseconds, as log lines have it.
        package var logText: String {
            let hundredths = (self.microseconds + 5) / 10
            return "\(hundredths / 100).\(String(100 + hundredths % 100).dropFirst())"
        }
    }
}
