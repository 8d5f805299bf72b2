package import LmonRecord

/// Numbers as lmon shows them, the same everywhere. What is not known is `–`, never 0.
package enum Format {
    package static let unknown = "–"

    /// `0.4ms`, `12ms`, `184ms`, `3.00s`, `75.3s`, `12m05s`: never more than six columns up to a day.
    package static func duration(_ milliseconds: Double?) -> String {
        guard let milliseconds, milliseconds.isFinite else { return self.unknown }
        let size = abs(milliseconds)
        switch size {
        case 0: return "0ms"
        case ..<0.05: return "<0.1ms"
        case ..<9.95: return self.fixed(milliseconds, 1).replacingSuffix(".0", with: "") + "ms"
        case ..<999.5: return self.fixed(milliseconds, 0) + "ms"
        case ..<9_995: return self.fixed(milliseconds / 1000, 2) + "s"
        case ..<99_950: return self.fixed(milliseconds / 1000, 1) + "s"
        default: return self.long(seconds: Int(min(size / 1000, 1e15).rounded()), isNegative: milliseconds < 0)
        }
    }

    /// `184 ms`, `3.00 s`: the same with a blank, for sentences and tables.
    package static func spacedDuration(_ milliseconds: Double?) -> String {
        let text = self.duration(milliseconds)
        guard let unit = text.firstIndex(where: { $0 == "m" || $0 == "s" }), text.last == "s", text[unit...].count < 3
        else { return text }
        return text[..<unit] + " " + text[unit...]
    }

    /// `31 B`, `1.2 kB`, `340 kB`, `6.0 MB`: powers of 1000.
    package static func bytes(_ count: Int?) -> String {
        guard let count else { return self.unknown }
        if abs(count) < 1000 { return "\(count) B" }
        var value = Double(count) / 1000
        for unit in ["kB", "MB", "GB"] {
            if abs(value) < 9.95 { return "\(self.fixed(value, 1)) \(unit)" }
            if abs(value) < 999.5 { return "\(self.fixed(value, 0)) \(unit)" }
            value /= 1000
        }
        return "\(self.fixed(value, 1)) TB"
    }

    /// `5%`, `0.25%`: of a share from 0 to 1.
    package static func share(_ share: Double) -> String {
        let percent = share * 100
        let text = self.fixed(percent, percent < 0.995 ? 2 : 1)
        return text.replacingSuffix("0", with: "").replacingSuffix("0", with: "").replacingSuffix(".", with: "") + "%"
    }

    /// `88/256 MB`.
    package static func memory(used: Int?, limit: Int?) -> String {
        guard used != nil || limit != nil else { return self.unknown }
        return "\(used.map(String.init) ?? self.unknown)/\(limit.map(String.init) ?? self.unknown) MB"
    }

    /// `10:42:01.020` at an offset of so many seconds from UTC.
    package static func time(_ time: Timestamp, offset: Int = 0) -> String {
        let text = self.local(time, offset)
        return String(text.dropFirst(11).prefix(12))
    }

    /// `2026-11-23`.
    package static func date(_ time: Timestamp, offset: Int = 0) -> String {
        String(self.local(time, offset).prefix(10))
    }

    private static func local(_ time: Timestamp, _ offset: Int) -> String {
        Timestamp(microseconds: time.microseconds + Int64(offset) * 1_000_000).description
    }

    private static func long(seconds: Int, isNegative: Bool) -> String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let text =
            switch seconds {
            case ..<3600: "\(seconds / 60)m\(two(seconds % 60))s"
            case ..<86_400: "\(seconds / 3600)h\(two(seconds / 60 % 60))m"
            default: "\(seconds / 86_400)d\(two(seconds / 3600 % 24))h"
            }
        return isNegative ? "-" + text : text
    }

    /// `value` with so many digits after the point, halves rounded away from zero.
    package static func fixed(_ value: Double, _ digits: Int) -> String {
        let scale = [1.0, 10, 100, 1000][min(max(digits, 0), 3)]
        let scaled = (value * scale).rounded()
        guard abs(scaled) < 9e15 else { return value.description }
        let whole = Int(abs(scaled))
        let sign = scaled < 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(whole)" }
        let fraction = String(whole % Int(scale))
        return "\(sign)\(whole / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}

extension String {
    fileprivate func replacingSuffix(_ suffix: String, with replacement: String) -> String {
        self.hasSuffix(suffix) ? self.dropLast(suffix.count) + replacement : self
    }
}
