import LmonModel
import LmonScreen

/// Where the parts of the waterfall lie, and which column a moment falls on.
struct WaterfallColumns {
    let label: Range<Int>
    let axis: Int
    let bar: Range<Int>
    let end: Int
    /// Milliseconds.
    let range: ClosedRange<Double>
    /// Where what is in flight has got to.
    let now: Double
    /// What is open here has ended, unseen.
    let isOverdue: Bool

    init(_ area: Area, range: ClosedRange<Double>, now: Double? = nil, isOverdue: Bool = false) {
        self.now = now ?? range.upperBound
        self.isOverdue = isOverdue
        let start = area.columns.lowerBound
        let width = area.columns.count
        let labelWidth = width < 70 ? max(14, width * 45 / 100) : min(44, width * 29 / 80)
        self.label = (start + 3)..<(start + 3 + labelWidth)
        self.axis = self.label.upperBound + 1
        self.end = area.columns.upperBound - 1
        let first = self.axis + 2
        self.bar = first..<max(first, self.end - 8)
        self.range = range
    }

    /// Columns from the first of `bar`, and a fraction.
    func place(_ milliseconds: Double) -> Double {
        let length = max(self.range.upperBound - self.range.lowerBound, 0.001)
        return (milliseconds - self.range.lowerBound) / length * Double(self.bar.count)
    }

    /// Round moments and the end, with the columns their texts begin in, none touching another.
    var ticks: [(Int, String)] {
        let length = self.range.upperBound - self.range.lowerBound
        guard length > 0 else { return [] }
        let end = Format.spacedDuration(self.range.upperBound)
        let endColumn = min(self.bar.upperBound - Text.width(of: end) + 8, self.end - Text.width(of: end))
        var ticks: [(Int, String)] = []
        var free = self.bar.lowerBound
        let step = Self.step(length / 4)
        var moment = (self.range.lowerBound / step).rounded(.up) * step
        while moment < self.range.upperBound, ticks.count < 12 {
            let text = step >= 1000 ? Format.duration(moment) : Format.fixed(moment, step < 1 ? 1 : 0)
            let column = self.bar.lowerBound + Int(self.place(moment))
            if column >= free, column + text.count + 2 <= endColumn {
                ticks.append((column, moment == 0 ? "0" : text))
                free = column + text.count + 2
            }
            moment += step
        }
        return ticks + [(endColumn, end)]
    }

    private static func step(_ atLeast: Double) -> Double {
        var power = 0.1
        while power * 10 <= atLeast { power *= 10 }
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= atLeast } ?? power * 10
    }
}

struct WaterfallLook {
    /// Stands before the label where colour alone would speak.
    let mark: Unicode.Scalar?
    let style: Style
    let textStyle: Style
    let barStyle: Style

    init(_ row: WaterfallRow, _ glyphs: Glyphs, isOverdue: Bool = false) {
        switch row.emphasis {
        case .inFlight where isOverdue:
            self.mark = glyphs.unknown
            (self.style, self.textStyle, self.barStyle) = (.dim, .dim, .dim)
        case .failed:
            self.mark = glyphs.failed
            (self.style, self.textStyle, self.barStyle) = (.failed, .failed, .failed)
        case .warning:
            self.mark = glyphs.warning
            (self.style, self.textStyle, self.barStyle) = (.warning, .plain, .warning)
        case .inFlight:
            self.mark = glyphs.inFlight
            (self.style, self.textStyle, self.barStyle) = (.inFlight, .inFlight, .inFlight)
        case .plain:
            self.mark = nil
            self.textStyle = .plain
            let style: Style =
                switch row.id {
                case .initialization, .runtimeOverhead: .lambda
                case .handler, .response: .plain
                case .call: .call
                case .extensionOverhead: .lmon
                }
            (self.style, self.barStyle) = (style, style)
        }
    }
}
