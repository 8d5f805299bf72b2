import LmonRecord

/// The histogram and the course over time.
extension StatisticsText {
    /// From empty to full.
    private var levels: [String] {
        self.marks.isASCII
            ? [" ", ".", ".", ":", ":", "|", "|", "#", "#"] : [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    }

    // MARK: Durations

    var durations: [StatisticsLine] {
        let values = self.report.invocations.durations
        guard values.count > 0 else { return [self.title("durations", "none yet")] }
        let named = [
            ("p50", values.p50), ("p90", values.p90), ("p95", values.p95), ("p99", values.p99), ("max", values.max),
        ]
        var line = TextLine("  ")
        for (index, (name, value)) in named.enumerated() where self.columns >= 60 || (name != "p90" && name != "p99") {
            line.append((index == 0 ? "" : "  ") + "\(name) ", .dim)
            line.append(self.marks.text(Format.duration(value)))
        }
        return [self.title("durations", self.columns < 60 ? "" : "of \(values.count) finished invocations")]
            + [StatisticsLine(line)] + self.histogram
    }

    private var histogram: [StatisticsLine] {
        let counts = self.report.durations.counts
        let room = self.columns - 10
        // Each bin so many columns wide, or each column so many bins.
        let wide = max(1, min(8, room / max(1, counts.count)))
        let dense = max(1, (counts.count + room - 1) / room)
        var bars: [Int] = []
        for start in stride(from: 0, to: counts.count, by: dense) {
            let sum = counts[start..<min(counts.count, start + dense)].reduce(0, +)
            bars.append(contentsOf: repeatElement(sum, count: wide))
        }
        let top = max(1, bars.max() ?? 1)
        var lines: [StatisticsLine] = []
        for row in (0..<self.height).reversed() {
            let label = row == self.height - 1 ? String(top) : row == 0 ? "1" : ""
            var line = TextLine(self.rules.padded(label, 7, trailing: true) + " ", .dim)
            line.append(bars.map { self.level(of: $0, top, row: row) }.joined(), .call)
            lines.append(StatisticsLine(line))
        }
        lines.append(StatisticsLine(TextLine(self.axis(bars.count, wide, dense), .dim)))
        return lines
    }

    /// What of a bar shows in a row; the least is seen.
    private func level(of count: Int, _ top: Int, row: Int) -> String {
        guard count > 0 else { return " " }
        let eighths = max(1, Int((Double(count) / Double(top) * Double(self.height * 8)).rounded()))
        return self.levels[min(8, max(0, eighths - row * 8))]
    }

    /// Round durations under their columns, none touching another.
    private func axis(_ count: Int, _ wide: Int, _ dense: Int) -> String {
        var text = String(repeating: " ", count: 8)
        var moment = 0.001
        let bins = self.report.durations
        while moment < 1e11 {
            for factor in [1.0, 2, 5] {
                let index = bins.index(of: moment * factor)
                guard bins.counts.indices.contains(index) else { continue }
                let column = 8 + index * wide / dense
                let label = moment * factor < 1 ? Format.fixed(moment * factor, 3) + "ms" : Self.round(moment * factor)
                guard column >= text.count + (text.count > 8 ? 2 : 0), column + label.count <= self.columns else {
                    continue
                }
                text += String(repeating: " ", count: column - text.count) + label
            }
            moment *= 10
        }
        guard text.count == 8 else { return text }
        return text + self.marks.text(Format.duration(bins.start(of: 0)))
    }

    private static func round(_ milliseconds: Double) -> String {
        milliseconds < 1000 ? "\(Int(milliseconds.rounded()))ms" : "\(Int((milliseconds / 1000).rounded()))s"
    }

    // MARK: Over time

    var course: [StatisticsLine] {
        let timeline = self.report.timeline
        guard !timeline.buckets.isEmpty, let start = timeline.start else { return [] }
        let room = self.columns - 28
        let dense = max(1, (timeline.buckets.count + room - 1) / room)
        var counts: [Int] = []
        var failures: [Int] = []
        for first in stride(from: 0, to: timeline.buckets.count, by: dense) {
            let part = timeline.buckets[first..<min(timeline.buckets.count, first + dense)]
            counts.append(part.reduce(0) { $0 + $1.count })
            failures.append(part.reduce(0) { $0 + $1.failed })
        }
        let seconds = Double(timeline.width) / 1e6 * Double(dense)
        let most = Double(counts.max() ?? 0) / seconds
        let worst = failures.max() ?? 0
        let end = start.adding(milliseconds: Double(timeline.width) / 1000 * Double(timeline.buckets.count))
        let from = Format.time(start, offset: self.offset).prefix(8)
        let to = Format.time(end, offset: self.offset).prefix(8)
        return [
            self.title(
                "over time",
                "\(from)–\(to)" + (self.columns < 60 ? "" : ", \(Format.duration(seconds * 1000)) a column")
            ),
            self.spark("rate", counts, "at most \(Self.rate(most))", .call),
            self.spark("failed", failures, "at most \(worst)", worst > 0 ? .failed : .dim),
        ]
    }

    private func spark(_ name: String, _ counts: [Int], _ note: String, _ tone: TextLine.Tone) -> StatisticsLine {
        let top = max(1, counts.max() ?? 1)
        let text = counts.map { count in
            count == 0 ? " " : self.levels[max(1, Int((Double(count) / Double(top) * 8).rounded()))]
        }
        var line = TextLine("  " + self.rules.padded(name, 7), .dim)
        line.append(text.joined(), tone)
        line.append("  " + note, .dim)
        return StatisticsLine(line)
    }
}
