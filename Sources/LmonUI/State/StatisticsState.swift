package import LmonModel
import LmonScreen

/// The statistics on the screen: the lines that they make, and the one that the keys are on.
package struct StatisticsState: Hashable, Sendable {
    package internal(set) var report: StatisticsReport?
    /// How much of what they are of was counted, from 0 to 1; nil if all was.
    package private(set) var progress: Double?
    package internal(set) var cursor = 0
    package internal(set) var top = 0
    package private(set) var lines: [StatisticsLine] = []
    package private(set) var summary = ""
    /// Records came since they were asked for.
    var isStale = true
    private var made: Making?

    private struct Making: Hashable {
        var size: Screen.Size
        var isASCII: Bool
    }

    init() {}

    /// They are to be of something else.
    mutating func forget() { self = StatisticsState() }

    mutating func receive(_ report: StatisticsReport, progress: Double?) {
        self.progress = progress
        guard report != self.report else { return }
        self.report = report
        self.made = nil
    }

    /// Makes the lines anew if the numbers or the room for them have changed.
    mutating func refresh(_ area: Area?, isASCII: Bool, offset: Int) {
        guard let area, let report else { return }
        let making = Making(size: .init(columns: area.columns.count, rows: area.rows.count), isASCII: isASCII)
        guard making != self.made else { return }
        self.made = making
        let text = StatisticsText(
            report,
            columns: making.size.columns - 2,
            marks: isASCII ? .ascii : .unicode,
            rules: TextRules(sanitised: { Text.sanitised($0) }, width: { Text.width(of: $0) }),
            offset: offset,
            height: making.size.rows < 14 ? 2 : making.size.rows < 30 ? 4 : 7
        )
        self.summary = text.summary
        self.lines = text.lines()
        self.move(by: 0, height: making.size.rows - 1)
    }

    mutating func move(by steps: Int, height: Int) {
        let last = max(0, self.lines.count - 1)
        self.cursor = min(max(0, self.cursor + min(max(steps, -last - 1), last + 1)), last)
        self.reveal(height: height)
    }

    /// To the title of the next section or the one before, around the end.
    mutating func turnSection(by steps: Int, height: Int) {
        let titles = self.lines.indices.filter { self.lines[$0].isTitle }
        let next = steps > 0 ? titles.first { $0 > self.cursor } : titles.last { $0 < self.cursor }
        guard let next = next ?? (steps > 0 ? titles.first : titles.last) else { return }
        self.cursor = next
        // A section is seen from its title on.
        self.top = min(next, max(0, self.lines.count - height))
        self.reveal(height: height)
    }

    mutating func scroll(by rows: Int, height: Int) {
        self.top = min(max(0, self.top + rows), max(0, self.lines.count - height))
        self.cursor = min(max(self.cursor, self.top), max(self.top, self.top + height - 1))
    }

    private mutating func reveal(height: Int) {
        guard height > 0 else { return }
        if self.cursor < self.top { self.top = self.cursor }
        if self.cursor >= self.top + height { self.top = self.cursor - height + 1 }
        self.top = max(0, min(self.top, self.lines.count - height))
    }
}
