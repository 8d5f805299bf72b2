import LmonModel

extension UIState {
    mutating func turnLogLevel() -> [UIEffect] {
        guard self.view == .logs else {
            self.notice = Notice(text: "Levels are of log lines: 3 lists them.", isFailure: false)
            return []
        }
        self.sight.logs.turnLevel()
        return self.lookAtLogs()
    }

    /// The lines of the selected invocation alone, and back to all.
    mutating func toggleOneInvocation() -> [UIEffect] {
        if self.view == .logs, self.sight.logs.invocation != nil {
            self.sight.logs.invocation = nil
            return self.lookAtLogs()
        }
        guard self.views.contains(.logs), let id = self.list.selectedRow?.detail else {
            self.notice = Notice(text: "Select an invocation to see its log lines alone.", isFailure: false)
            return []
        }
        self.show(.logs)
        self.sight.logs.invocation = id
        return self.lookAtLogs()
    }

    private mutating func lookAtLogs() -> [UIEffect] {
        let text = self.sight.logs.description ?? "of every level and invocation"
        self.notice = Notice(text: "Log lines: \(text).", isFailure: false)
        return [.look(self.sight)]
    }
}
