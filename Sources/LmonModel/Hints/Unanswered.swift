import LmonRecord

extension Hint {
    /// The call that an invocation was waiting for when its time was up, if that took most of its time.
    ///
    /// Only a call that nobody answered counts: one that was is no reason, however slow it was.
    static func unanswered(_ invocation: Invocation) -> Hint? {
        guard invocation.state == .finished(.timeout), let duration = invocation.duration, let start = invocation.start,
            duration > 0
        else { return nil }
        let end = start.adding(milliseconds: duration)
        let waits = invocation.calls.compactMap { call -> (call: Call, milliseconds: Double)? in
            guard call.status == nil, call.outcome != .complete, let begin = call.start, begin >= start, begin < end
            else {
                return nil
            }
            // One that failed before was not waited for any more.
            let gaveUp = call.timings.end.map { begin.adding(milliseconds: $0) } ?? call.end ?? end
            let lastMoments = duration / 10
            guard end.milliseconds(since: gaveUp) <= lastMoments else { return nil }
            return (call, end.milliseconds(since: begin))
        }
        guard let longest = waits.max(by: { $0.milliseconds < $1.milliseconds }),
            longest.milliseconds * 2 >= duration, let url = longest.call.url
        else { return nil }
        let kind = Kind.unanswered(host: String(url.host), milliseconds: longest.milliseconds)
        return Hint(kind, calls: [longest.call.id])
    }
}
