import ArgumentParser
import Foundation
import LmonAgent
import LmonModel
import LmonRecord

/// Where reading begins: `2h` ago, or at a time, `2026-11-26T08:00Z`, `08:00`.
struct SinceArgument: Hashable, Sendable, ExpressibleByArgument {
    enum Moment: Hashable, Sendable {
        case ago(milliseconds: Int64)
        case time(Timestamp)
    }

    let moment: Moment
    let text: String

    init?(argument: String) {
        self.text = argument
        if let span = DurationArgument(argument: argument) {
            self.moment = .ago(milliseconds: span.milliseconds)
            return
        }
        let now = SystemClock.now()
        let offset = TimeZone.current.secondsFromGMT()
        guard let time = TimeText.parse(argument, now: now, offset: offset), time <= now else { return nil }
        self.moment = .time(time)
    }

    static let help = ArgumentHelp(
        "Read a bucket or a collector from here on: 30m, 2h, 7d ago, or a time: 2026-11-26T08:00Z, 08:00 (local).",
        valueName: "time|duration"
    )
}
