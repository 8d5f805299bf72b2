/// A point in time: microseconds since 1970-01-01T00:00:00Z.
///
/// AWS writes milliseconds; lmon's own records may carry microseconds, so that a call of a few milliseconds has a place
/// on the waterfall.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package init(milliseconds: Double) {
        self.microseconds = Self.microseconds(milliseconds)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// Milliseconds from `start` to this; negative if this is earlier.
    package func milliseconds(since start: Timestamp) -> Double {
        let (difference, overflow) = self.microseconds.subtractingReportingOverflow(start.microseconds)
        return overflow ? (Double(self.microseconds) - Double(start.microseconds)) / 1000 : Double(difference) / 1000
    }

    /// What does not fit ends at the last time there is: the number may come from anybody.
    package func adding(milliseconds: Double) -> Timestamp {
        let (sum, overflow) = self.microseconds.addingReportingOverflow(Self.microseconds(milliseconds))
        return Timestamp(microseconds: overflow ? (milliseconds < 0 ? .min : .max) : sum)
    }

    private static func microseconds(_ milliseconds: Double) -> Int64 {
        let microseconds = (milliseconds * 1000).rounded()
        if microseconds.isNaN { return 0 }
        return Int64(exactly: microseconds) ?? (microseconds < 0 ? .min : .max)
    }

    package var millisecondsSinceEpoch: Int64 { self.microseconds / 1000 }
}

extension Timestamp: CustomStringConvertible {
    /// Reads `2026-11-23T10:00:00Z`, with a fraction of any length and `Z` or an offset such as `+01:00` (RFC 3339).
    package init?(_ text: String) {
        self.init(utf8: Array(text.utf8))
    }

    /// The same from bytes; nil if they are anything else.
    package init?(utf8 bytes: [UInt8]) {
        self.init(utf8: bytes, in: 0..<bytes.count)
    }

    /// The same from a part of `bytes`.
    package init?(utf8 bytes: [UInt8], in range: Range<Int>) {
        var reader = DigitReader(bytes, range)
        guard let year = reader.number(4), reader.pass("-"), let month = reader.number(2), reader.pass("-"),
            let day = reader.number(2), reader.pass("T") || reader.pass("t") || reader.pass(" "),
            let hour = reader.number(2), reader.pass(":"), let minute = reader.number(2), reader.pass(":"),
            let second = reader.number(2), CivilDate.exists(year: year, month: month, day: day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        let fraction = reader.pass(".") ? reader.microseconds() : 0
        guard let fraction, let offset = reader.offsetSeconds(), reader.isAtEnd else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
        let seconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset)
        self.init(microseconds: seconds * 1_000_000 + Int64(fraction))
    }

    /// UTC with milliseconds as AWS writes it, or with microseconds where there are any.
    package var description: String { String(decoding: self.utf8, as: UTF8.self) }

    package var utf8: [UInt8] { self.withUTF8 { Array($0) } }

    /// Calls `body` with the text's bytes.
    func withUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 27) {
            body(UnsafeBufferPointer(rebasing: self.put($0)))
        }
    }

    private func put(_ buffer: UnsafeMutableBufferPointer<UInt8>) -> Slice<UnsafeMutableBufferPointer<UInt8>> {
        let (seconds, fraction) = Self.divide(self.microseconds, 1_000_000)
        let (days, secondOfDay) = Self.divide(seconds, 86_400)
        let date = CivilDate(daysSinceEpoch: Int(days))
        let second = Int(secondOfDay)
        Self.put(date.year, 4, "-", at: 0, buffer)
        Self.put(date.month, 2, "-", at: 5, buffer)
        Self.put(date.day, 2, "T", at: 8, buffer)
        Self.put(second / 3600, 2, ":", at: 11, buffer)
        Self.put(second / 60 % 60, 2, ":", at: 14, buffer)
        Self.put(second % 60, 2, ".", at: 17, buffer)
        let isWhole = fraction % 1000 == 0
        Self.put(isWhole ? Int(fraction) / 1000 : Int(fraction), isWhole ? 3 : 6, "Z", at: 20, buffer)
        return buffer[..<(isWhole ? 24 : 27)]
    }

    private static func divide(_ value: Int64, _ divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func put(
        _ value: Int,
        _ digits: Int,
        _ separator: Unicode.Scalar,
        at start: Int,
        _ buffer: UnsafeMutableBufferPointer<UInt8>
    ) {
        var rest = value
        for index in 1...digits {
            buffer[start + digits - index] = UInt8(truncatingIfNeeded: 48 + rest % 10)
            rest /= 10
        }
        buffer[start + digits] = UInt8(ascii: separator)
    }
}

/// A day of the proleptic Gregorian calendar, and its distance from 1970-01-01.
package struct CivilDate: Hashable, Sendable {
    package let year: Int
    package let month: Int
    package let day: Int

    package init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    static func exists(year: Int, month: Int, day: Int) -> Bool {
        guard (1...12).contains(month), day >= 1 else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return day <= (month == 2 && isLeap ? 29 : [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1])
    }

    /// Counts in years that begin in March, so that the leap day is the last one, and in eras of 400 years.
    package init(daysSinceEpoch: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        self.day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        self.month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        self.year = yearOfEra + era * 400 + (self.month <= 2 ? 1 : 0)
    }

    package var daysSinceEpoch: Int {
        let year = self.month <= 2 ? self.year - 1 : self.year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let shiftedMonth = self.month > 2 ? self.month - 3 : self.month + 9
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + self.day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

private struct DigitReader {
    private let bytes: [UInt8]
    private let end: Int
    private var index: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.index = range.lowerBound
        self.end = range.upperBound
    }

    var isAtEnd: Bool { self.index == self.end }

    mutating func pass(_ scalar: Unicode.Scalar) -> Bool {
        guard self.index < self.end, self.bytes[self.index] == UInt8(ascii: scalar) else { return false }
        self.index += 1
        return true
    }

    mutating func number(_ digits: Int) -> Int? {
        guard self.index + digits <= self.end else { return nil }
        var value = 0
        for _ in 0..<digits {
            guard let digit = self.digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// A fraction of a second; digits beyond the sixth are dropped.
    mutating func microseconds() -> Int? {
        var value = 0
        var count = 0
        while let digit = self.digit() {
            if count < 6 { value = value * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        while count < 6 {
            value *= 10
            count += 1
        }
        return value
    }

    mutating func offsetSeconds() -> Int? {
        if self.pass("Z") || self.pass("z") { return 0 }
        let sign = self.pass("+") ? 1 : self.pass("-") ? -1 : 0
        guard sign != 0, let hours = self.number(2), self.pass(":"), let minutes = self.number(2), hours < 24,
            minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private mutating func digit() -> Int? {
        guard self.index < self.end, (48...57).contains(self.bytes[self.index]) else { return nil }
        defer { self.index += 1 }
        return Int(self.bytes[self.index]) - 48
    }
}
