import Foundation
import LmonUI

/// What to look at and which key to press, one line at a time, for somebody who sees the view for the first time.
struct Coach: Hashable, Sendable {
    struct Line: Hashable, Sendable {
        /// Since the view was opened.
        let seconds: Double
        let text: String
    }

    let lines: [Line]

    /// From `SECONDS TEXT` lines, in order; without text the line is taken away again. `#` starts a comment.
    init?(_ text: String) {
        var lines: [Line] = []
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
            guard let first = parts.first else { continue }
            guard let seconds = Double(first), seconds >= lines.last?.seconds ?? 0 else { return nil }
            lines.append(Line(seconds: seconds, text: parts.dropFirst().first.map(String.init) ?? ""))
        }
        self.lines = lines
    }

    /// Posts each line when its time has come; ends early when the task is cancelled.
    func speak(to mailbox: Mailbox) async {
        let clock = ContinuousClock()
        let start = clock.now
        for line in self.lines {
            guard (try? await clock.sleep(until: start + .seconds(line.seconds))) != nil else { return }
            mailbox.post(.coach(line.text.isEmpty ? nil : line.text))
        }
    }
}
