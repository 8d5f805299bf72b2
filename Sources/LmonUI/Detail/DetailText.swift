import LmonModel
import LmonScreen

/// What each tab of the lower pane says, as lines that are not wrapped yet.
enum DetailText {
    /// `height` is the rows there are for it: where there are few, JSON takes one. `isOverdue`: the invocation runs no more,
    /// and its end was not seen.
    static func lines(
        _ detail: DetailState,
        height: Int,
        columns: Int,
        offset: Int,
        isOverdue: Bool
    ) -> [TextLine] {
        guard let invocation = detail.loaded?.invocation else {
            return []
        }
        let call = detail.selectedCall
        switch detail.currentTab {
        case .request: return call.map { self.request($0, height, columns) } ?? []
        case .response: return call.map { self.response($0, height, columns, isOverdue: isOverdue) } ?? []
        case .timing:
            let freezes = detail.loaded?.freezes ?? []
            return call.map { CallTiming.lines($0, freezes: freezes, from: invocation.time) } ?? []
        case .event:
            return BodyText.lines(invocation.event, height: height, columns: columns) ?? [
                self.dim("The event was not observed.")
            ]
        case .result: return self.result(invocation, height, columns, isOverdue: isOverdue)
        case .line: return detail.line.map { LogLook.lines($0, height: height, offset: offset) } ?? []
        case .logs: return self.logs(invocation, of: detail.selected, offset: offset)
        case .lifecycle: return LifecycleText.lines(invocation, offset: offset)
        case .raw: return detail.records.map { RecordText.lines($0, offset: offset) } ?? []
        }
    }

    static func dim(_ text: String) -> TextLine { TextLine(text, .dim) }

    // MARK: - Calls

    private static func request(_ call: Call, _ height: Int, _ columns: Int) -> [TextLine] {
        let type = call.requestHeaders?.first { $0.name.lowercased() == "content-type" }?.value ?? ""
        let body = BodyText.lines(call.requestBody, type: type, height: height, columns: columns)
        return self.joined(body, headers: call.requestHeaders, none: "No request body.")
    }

    private static func response(_ call: Call, _ height: Int, _ columns: Int, isOverdue: Bool) -> [TextLine] {
        var lines: [TextLine] = []
        if let error = call.error {
            lines.append(TextLine(self.described(error), .failed))
        } else if call.outcome == .unread {
            lines.append(TextLine("Nobody read the body of this response.", .warning))
        } else if call.outcome == .aborted {
            lines.append(TextLine("Aborted before its end.", .failed))
        } else if call.isInFlight, isOverdue {
            lines.append(TextLine("Its end was not seen.", .warning))
        } else if call.isInFlight {
            lines.append(TextLine("In flight.", .inFlight))
        }
        let type = call.contentType
        let body = BodyText.lines(call.responseBody, type: type, height: height, columns: columns)
        if call.status == nil { return lines + (body ?? []) }
        return lines + self.joined(body, headers: call.responseHeaders, none: lines.isEmpty ? "No response body." : nil)
    }

    /// `Failed in connect: connect ECONNREFUSED 127.0.0.1:1`
    private static func described(_ error: Call.Failure) -> String {
        let place = "Failed" + (error.phase.map { " in \($0)" } ?? "")
        let message = error.message ?? ""
        let code = error.code.flatMap { message.contains($0) ? nil : $0 }
        return [place, code, message.isEmpty ? nil : message].compactMap { $0 }.joined(separator: ": ")
    }

    private static func joined(_ body: [TextLine]?, headers: [Header]?, none: String?) -> [TextLine] {
        var lines = body ?? none.map { [self.dim($0)] } ?? []
        guard let headers, !headers.isEmpty else { return lines }
        if !lines.isEmpty { lines.append(TextLine()) }
        for header in headers {
            lines.append(TextLine([.init("\(header.name): ", .key), .init(header.value)]))
        }
        return lines
    }

    private static func result(
        _ invocation: Invocation,
        _ height: Int,
        _ columns: Int,
        isOverdue: Bool
    ) -> [TextLine] {
        var lines: [TextLine] = []
        if let type = invocation.errorType {
            let message = invocation.errorMessage.map { ": \($0)" } ?? ""
            for line in "\(type)\(message)".split(whereSeparator: \.isNewline) {
                lines.append(TextLine(String(line), .failed))
            }
        }
        if let body = BodyText.lines(invocation.result, height: height, columns: columns) { return lines + body }
        if !lines.isEmpty { return lines }
        let isRunning = invocation.state.isInFlight && !isOverdue
        return [self.dim(isRunning ? "No result yet." : "The result was not observed.")]
    }

    // MARK: - Logs

    private static func logs(_ invocation: Invocation, of row: WaterfallRow.ID?, offset: Int) -> [TextLine] {
        let isExtension = row == .extensionOverhead
        let logs = invocation.logs.filter { ($0.source == .extension) == isExtension }
        guard !logs.isEmpty else { return [self.dim("No log lines.")] }
        let omission = invocation.omission.map { [TextLine($0, .warning)] } ?? []
        return omission + logs.flatMap { self.lines($0, offset: offset) }
    }

    /// One record may hold several lines: a stack.
    private static func lines(_ log: LogLine, offset: Int) -> [TextLine] {
        let time = TextLine.Span(Format.time(log.time, offset: offset) + " ", .dim)
        var result: [TextLine] = []
        for span in self.line(log).spans {
            let parts = span.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            for (index, part) in parts.enumerated() {
                if index == 0, !result.isEmpty {
                    result[result.count - 1].append(String(part), span.tone)
                } else {
                    let head = result.isEmpty ? time : .init(String(repeating: " ", count: time.text.count))
                    result.append(TextLine([head, .init(String(part), span.tone)]))
                }
            }
        }
        return result
    }

    /// Level and message.
    static func line(_ log: LogLine) -> TextLine {
        var line = TextLine()
        if let level = log.level {
            let tone: TextLine.Tone = level >= .error ? .failed : level == .warn ? .warning : .dim
            line.append("\(level) ", tone)
        }
        line.append(log.text)
        return line
    }

    /// Level and the first line of the message.
    static func firstLine(_ log: LogLine, ellipsis: String) -> TextLine {
        var first = log
        let end = log.text.firstIndex(where: \.isNewline)
        if let end { first.text = log.text[..<end] + ellipsis }
        return self.line(first)
    }
}
