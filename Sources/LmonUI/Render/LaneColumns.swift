import LmonModel
import LmonRecord
import LmonScreen

/// Where the parts of a lane lie. All are columns of the screen.
struct LaneColumns {
    let state: Int
    let label: Int
    let name: Range<Int>
    let bar: Range<Int>
    /// Empty where there is no room.
    let memory: Range<Int>
    let count: Range<Int>
    let failed: Range<Int>

    init(_ ui: UIState, _ area: Area) {
        let width = area.columns.count
        let start = area.columns.lowerBound
        let longest = ui.totals.functions.reduce(0) { max($0, Text.width(of: $1)) }
        let nameWidth = min(max(6, longest), max(6, width / 5))
        self.state = start + 3
        self.label = start + 5
        self.name = (start + 8)..<(start + 8 + nameWidth)
        let end = area.columns.upperBound - 1
        self.failed = (end - 4)..<end
        self.count = (end - (width < 60 ? 9 : 11))..<(end - 4)
        let memoryWidth = width < 60 ? 0 : 10
        self.memory = (self.count.lowerBound - memoryWidth)..<self.count.lowerBound
        let first = self.name.upperBound + 1
        self.bar = first..<max(first, self.memory.lowerBound - 1)
    }

    /// Moments under which a time stands, with the columns their texts begin in.
    static func ticks(_ window: ClosedRange<Timestamp>, in bar: Range<Int>, offset: Int) -> [(Int, String)] {
        let length = window.upperBound.milliseconds(since: window.lowerBound)
        let isShort = length < 20_000
        let width = isShort ? 12 : 8
        guard bar.count >= width else { return [] }
        var ticks = [(bar.lowerBound, String(Format.time(window.lowerBound, offset: offset).prefix(width)))]
        let last = bar.upperBound - width
        let step = max(width + 6, 20)
        var column = bar.lowerBound + step
        while column + width + 2 <= last {
            let share = Double(column - bar.lowerBound) / Double(bar.count)
            let moment = window.lowerBound.adding(milliseconds: length * share)
            ticks.append((column, String(Format.time(moment, offset: offset).prefix(width))))
            column += step
        }
        if last >= bar.lowerBound + width + 2 {
            ticks.append((last, String(Format.time(window.upperBound, offset: offset).prefix(width))))
        }
        return ticks
    }
}
