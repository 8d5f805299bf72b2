import LmonModel
import LmonRecord
import LmonScreen

extension UIState {
    private mutating func say(_ text: String) {
        self.notice = Notice(text: text, isFailure: false)
    }

    // MARK: - Invoking

    var selectedFunction: String? {
        switch self.list.selectedRow {
        case .list(.invocation(let summary)): summary.function
        case .list(.lifecycle(let event)): event.function
        case .call(let row): row.function
        case .log(let row): row.function
        case .environment(let status): status.function
        case nil: nil
        }
    }

    /// The selected invocation, if it can be replayed; else says why not.
    mutating func invocationToReplay() -> InvocationID? {
        guard let id = self.detail?.id, !id.isInitialization else {
            self.say("Select an invocation to replay.")
            return nil
        }
        guard !self.configuration.functions.isEmpty else {
            self.say(self.configuration.cannotInvoke)
            return nil
        }
        return id
    }

    mutating func replay() -> [UIEffect] {
        guard let id = self.invocationToReplay() else { return [] }
        self.list.follow(height: self.listHeight)
        return [.replay(id)]
    }

    // MARK: - Copying

    mutating func copy(_ target: CopyTarget) -> [UIEffect] {
        guard let text = self.text(of: target), !text.isEmpty else {
            self.say("No \(target.title) here.")
            return []
        }
        return [.copy(text)]
    }

    private func text(of target: CopyTarget) -> String? {
        let invocation = self.detail?.loaded?.invocation
        let call = self.detail?.selectedCall
        switch target {
        case .url: return call?.url?.text
        case .curl: return call.flatMap { CurlLine.text(for: $0) }
        case .body: return self.shownRecords ?? self.shownBody?.text
        case .event: return invocation?.event?.text
        case .id: return self.detail?.id.requestID
        case .line: return self.selectedLine
        case .query: return call?.requestBody?.text
        case .all:
            guard let invocation else { return self.selectedLine }
            if let call { return Export.text(.json, call, of: invocation) }
            return Export.text(.json, [invocation])
        }
    }

    /// The records that the lower pane shows, each a line.
    private var shownRecords: String? {
        guard let detail, detail.currentTab == .raw, let records = detail.records else { return nil }
        return records.map { String(decoding: $0.line, as: UTF8.self) }.joined(separator: "\n")
    }

    /// The body that the lower pane shows.
    private var shownBody: Body? {
        guard let detail else { return nil }
        switch detail.currentTab {
        case .request: return detail.selectedCall?.requestBody
        case .response, .timing: return detail.selectedCall?.responseBody
        case .event: return detail.loaded?.invocation.event
        case .result: return detail.loaded?.invocation.result
        case .logs, .line, .lifecycle, .raw: return nil
        }
    }

    private var selectedLine: String? {
        switch self.pane {
        case .lower:
            return self.paneText.text(at: self.detail?.cursor ?? 0)
        case .waterfall:
            guard let row = self.detail?.selectedRow else { return nil }
            return [row.label, row.status, row.detail, Format.spacedDuration(row.duration)].filter { !$0.isEmpty }
                .joined(separator: " ")
        case .list:
            return self.list.selectedRow.map { RowText.line($0, offset: self.configuration.utcOffset) }
        }
    }
}
