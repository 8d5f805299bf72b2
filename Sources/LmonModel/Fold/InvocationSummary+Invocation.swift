extension InvocationSummary {
    package init(_ invocation: borrowing Invocation) {
        let state = invocation.state
        self.init(
            id: invocation.id,
            function: invocation.function,
            time: invocation.time,
            state: state,
            duration: state.isInFlight ? nil : invocation.duration,
            deadline: state.isInFlight ? invocation.deadline : nil,
            calls: invocation.calls.count,
            failedCalls: invocation.failedCalls,
            isCold: invocation.isCold,
            initDuration: invocation.initDuration
                ?? (invocation.isCold == true ? invocation.initialization?.duration : nil),
            note: invocation.note
        )
    }
}

extension Invocation {
    /// The one thing worth saying in a list: why it failed, else what went wrong on the way, else that it was cold.
    package var note: String? {
        let state = self.state
        if case .finished(let status) = state, status.isFailure { return self.failureNote(status) }
        if let note = self.callNote { return note }
        if self.calls.contains(where: { $0.isLate && $0.outcome != .unread }) { return "late call" }
        if state == .finished(.unobserved) { return InvocationStatus.unobserved.description }
        guard self.isCold == true else { return nil }
        let duration = self.initDuration ?? self.initialization?.duration
        return duration.map { "cold " + Format.duration($0) } ?? "cold"
    }

    private func failureNote(_ status: InvocationStatus) -> String {
        if status == .timeout { return "timeout" }
        // What a handler throws after a failed call is nearly always about that call.
        if status == .handlerError, let note = self.callNote { return note }
        return self.errorType ?? status.description
    }

    /// `502 after retry`, `ECONNRESET`, `ok after retry`; nil if all calls went well at once.
    private var callNote: String? {
        guard let last = self.calls.last(where: \.isFailed) else { return nil }
        let same = self.calls.filter { $0.method == last.method && $0.url == last.url && $0.url != nil }
        if let final = same.last, !final.isFailed, !final.isInFlight { return "ok after retry" }
        let isRetried = same.count > 1 || (last.attempt ?? 1) > 1
        return last.failureWord + (isRetried ? " after retry" : "")
    }
}

extension Call {
    /// `502`, `ECONNRESET`, `timeout`: why it counts as failed.
    package var failureWord: String {
        if let error = self.error { return error.code ?? error.phase ?? "error" }
        if let status = self.status, status >= 500 { return String(status) }
        return self.outcome?.description ?? "error"
    }
}
