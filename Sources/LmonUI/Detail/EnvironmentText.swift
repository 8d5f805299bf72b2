import LmonModel
import LmonRecord

/// What the lower half of the environment view says.
enum EnvironmentText {
    static func facts(_ status: EnvironmentStatus, latest: Timestamp?) -> [TextLine] {
        var lines: [TextLine] = []
        func row(_ name: String, _ value: String?, _ tone: TextLine.Tone = .plain) {
            let label = name + String(repeating: " ", count: max(1, 13 - name.count))
            lines.append(TextLine([.init(label, .key), .init(value ?? Format.unknown, tone)]))
        }
        func joined(_ parts: [String?]) -> String? {
            let known = parts.compactMap(\.self)
            return known.isEmpty ? nil : known.joined(separator: ", ")
        }
        let lane = status.lane
        row("runtime", joined([status.runtime, status.initializationType]))
        row("handler", joined([status.handler, status.version.map { "version \($0)" }]))
        let resets = lane.initializations - 1
        let again = resets > 0 ? ", then \(resets) more: it was reset" : ""
        row("init", Format.spacedDuration(status.initDuration) + again, resets > 0 ? .warning : .plain)
        let interceptor = status.interceptor.map { $0.hasPrefix("interceptor ") ? String($0.dropFirst(12)) : $0 }
        row("interceptor", interceptor, .lmon)
        row("agent", joined([status.agentVersion, status.agent]), .lmon)
        for problem in status.problems { row("problem", problem, .warning) }
        let peak = status.memoryPeak.map { ", at most \($0)" } ?? ""
        row("memory", Format.memory(used: status.memoryUsed, limit: status.memoryLimit) + peak)
        row("invocations", "\(status.invocations), \(status.failed) failed", status.failed > 0 ? .failed : .plain)
        let total = lane.freezes > 0 ? ", \(Format.spacedDuration(lane.frozen(until: latest))) in all" : ""
        row("freezes", "\(lane.freezes)\(total)")
        row("region", joined([status.region, status.account]))
        row("environment", status.id)
        return lines
    }

    /// State changes, newest first.
    static func events(_ status: EnvironmentStatus, latest: Timestamp?, offset: Int) -> [TextLine] {
        let spans = status.lane.spans
        return spans.indices.reversed().map { index in
            let span = spans[index]
            let next = index + 1 < spans.count ? spans[index + 1].start : nil
            let length = (next ?? latest).map { max(0, $0.milliseconds(since: span.start)) }
            let duration = Format.duration(length) + (next == nil ? "…" : "")
            var line = TextLine(Format.time(span.start, offset: offset) + "  ", .dim)
            switch span.kind {
            case .initializing: line.append("init \(duration)", .lambda)
            case .idle: line.append("idle \(duration)", .dim)
            case .frozen: line.append("frozen \(duration)", .dim)
            case .running(let id, let isFailed):
                line.append("\(id.short) \(duration)", isFailed ? .failed : next == nil ? .inFlight : .plain)
                if isFailed { line.append(" ✗", .failed) }
            case .shutDown(let reason):
                line.append(reason.map { "shut down (\($0))" } ?? "shut down", status.endedBadly ? .failed : .lambda)
            case .folded(let folded):
                line.append("\(folded.invocations) invocations, \(folded.freezes) freezes", .dim)
                if folded.failed > 0 { line.append(", \(folded.failed) ✗", .failed) }
            }
            return line
        }
    }
}
