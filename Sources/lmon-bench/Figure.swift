import LmonJSON

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One measured number, with what it is held against.
struct Figure {
    let name: String
    let value: Double
    let unit: String
    /// The design's number, as text; nil where there is none.
    let goal: String?
    /// How it was taken, in a few words.
    let method: String

    var text: String {
        let number = Self.format(self.value)
        let goal = self.goal.map { "goal \($0)" } ?? ""
        return "\(Self.pad(self.name, 50))\(Self.pad("\(number) \(self.unit)", 20))\(Self.pad(goal, 26))\(self.method)"
    }

    var json: String {
        let bytes = JSONWriter.object {
            $0.member("name", self.name)
            $0.member("value", self.value)
            $0.member("unit", self.unit)
            $0.member("goal", self.goal)
            $0.member("method", self.method)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private static func format(_ value: Double) -> String {
        switch abs(value) {
        case 1000...: String(Int(value.rounded()))
        case let whole where whole == whole.rounded(): String(Int(value))
        case 10...: String((value * 10).rounded() / 10)
        default: String((value * 1000).rounded() / 1000)
        }
    }
}

/// Times and orders of what was timed.
enum Stopwatch {
    /// Seconds that `body` takes.
    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return Self.seconds(start.duration(to: .now))
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    /// The middle one of several runs.
    static func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }

    static func percentile(_ values: [Double], _ share: Double) -> Double {
        let sorted = values.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}

/// What the calling thread has used.
enum ThreadTime {
    /// Seconds of CPU since the thread began.
    static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
