import ArgumentParser

/// A span of time on the command line: `500ms`, `30s`, `2m`, `1h`, `7d`; a bare number is seconds.
struct DurationArgument: Hashable, Sendable, ExpressibleByArgument {
    let milliseconds: Int64
    let text: String

    init(milliseconds: Int64, text: String) {
        self.milliseconds = milliseconds
        self.text = text
    }

    init?(argument: String) {
        let units: [(suffix: String, milliseconds: Double)] = [
            ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
            ("", 1000),
        ]
        guard let unit = units.first(where: { argument.hasSuffix($0.suffix) }),
            let number = Double(argument.dropLast(unit.suffix.count)), number.isFinite, number > 0
        else { return nil }
        let milliseconds = number * unit.milliseconds
        guard milliseconds < 1e12 else { return nil }
        self.milliseconds = Int64(milliseconds.rounded(.up))
        self.text = argument
    }
}
