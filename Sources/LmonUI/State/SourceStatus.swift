import LmonModel
package import LmonRecord

/// How a remote source is read: what it costs, how late it is, what it lacks.
package struct SourceStatus: Hashable, Sendable {
    /// `listing every 1 s`, `live`.
    package var pace: String
    /// Requests that an hour of this makes, where they cost money.
    package var requestsPerHour: Int?
    /// Milliseconds from when the newest record happened to when it was here; nil if none came while this watched.
    package var lag: Double?
    /// `late 2`, `foreign 1`.
    package var flaws: [String] = []
    /// Records that did not come, though later ones did, by environment, most first.
    package var missing: [Missing] = []
    package var empty: EmptySource?

    package struct Missing: Hashable, Sendable {
        package let function: String
        package let environment: String
        package let count: Int

        package init(function: String, environment: String, count: Int) {
            self.function = function
            self.environment = environment
            self.count = count
        }
    }

    package init(pace: String) { self.pace = pace }

    /// `listing every 5 s (720/h)`
    package var rate: String { self.pace + (self.requestsPerHour.map { " (\($0)/h)" } ?? "") }

    var missingCount: Int { self.missing.reduce(0) { $0 + $1.count } }

    /// What is wrong with what came.
    var hasFlaws: Bool { !self.flaws.isEmpty || !self.missing.isEmpty }

    /// `missing 5: orders a3 3, payment b1 2 · late 1 · listing every 1 s (3600/h) · lag 1.2s`: what is wrong first, as
    /// its end may be cut.
    var line: String {
        var parts = self.missing.isEmpty ? [] : [self.missingText]
        parts += self.flaws + [self.rate]
        if let lag { parts.append("lag \(Format.duration(lag))") }
        return parts.joined(separator: " · ")
    }

    private static let named = 3

    private var missingText: String {
        let named = self.missing.prefix(Self.named).map {
            "\($0.function) \(EnvironmentLabel.of($0.environment)) \($0.count)"
        }
        let others = self.missing.count - named.count
        return "missing \(self.missingCount): " + named.joined(separator: ", ") + (others > 0 ? " +\(others)" : "")
    }
}

/// A source that holds nothing of what is to be read.
package struct EmptySource: Hashable, Sendable {
    package enum Span: Hashable, Sendable {
        case ever
        /// So many milliseconds up to now.
        case last(Int64)
        case since(Timestamp)
    }

    /// As the user named it.
    package var source: String
    /// What there would be: `object`, `record`.
    package var what: String
    package var function: String?
    package var span: Span
    /// When the newest was made that lies before the span.
    package var newest: Timestamp?
    /// When it was looked.
    package var now: Timestamp

    package init(
        source: String,
        what: String,
        function: String? = nil,
        span: Span,
        newest: Timestamp? = nil,
        now: Timestamp
    ) {
        self.source = source
        self.what = what
        self.function = function
        self.span = span
        self.newest = newest
        self.now = now
    }

    /// `no object of orders in the last hour, last one 08:12`; with the date if it is another day.
    package func text(offset: Int) -> String {
        let of = self.function.map { " of \($0)" } ?? ""
        let last = self.newest.map { ", last one \(self.moment($0, offset))" } ?? ""
        switch self.span {
        case .ever: return "no \(self.what)\(of) yet"
        case .last(let length): return "no \(self.what)\(of) in the last \(Self.words(length))\(last)"
        case .since(let time): return "no \(self.what)\(of) since \(self.moment(time, offset))\(last)"
        }
    }

    private func moment(_ time: Timestamp, _ offset: Int) -> String {
        let date = Format.date(time, offset: offset)
        let clock = Format.time(time, offset: offset).prefix(5)
        return date == Format.date(self.now, offset: offset) ? String(clock) : "\(date) \(clock)"
    }

    /// `hour`, `2 h`, `30 min`, `7 d`
    private static func words(_ milliseconds: Int64) -> String {
        let units: [(length: Int64, one: String, name: String)] = [
            (86_400_000, "day", "d"), (3_600_000, "hour", "h"), (60_000, "minute", "min"), (1000, "second", "s"),
        ]
        for unit in units where milliseconds >= unit.length && milliseconds % unit.length == 0 {
            let count = milliseconds / unit.length
            return count == 1 ? unit.one : "\(count) \(unit.name)"
        }
        return Format.duration(Double(milliseconds))
    }
}

extension SourceStatus {
    /// `s3://b/p: no object in the last hour, last one 08:12 · listing every 5 s (720/h)`; nil if it is not empty.
    package func emptyLine(offset: Int) -> String? {
        self.empty.map { "\($0.source): \($0.text(offset: offset)) · \(self.rate)" }
    }
}
