import LmonJSON

extension Comparison {
    /// All of it as lines to read; `offset` is that of local time in seconds.
    package func lines(offset: Int = 0) -> [TextLine] {
        var lines = [self.line(of: self.before, "before ", offset), self.line(of: self.after, "after  ", offset)]
        lines += [TextLine(self.summary, .title), TextLine()]
        lines += self.measureLines + [TextLine()]
        lines += self.lines(of: self.event, "event") + [TextLine()]
        lines += self.callLines + [TextLine()]
        return lines + self.lines(of: self.result, "result")
    }

    private func line(of run: Run, _ word: String, _ offset: Int) -> TextLine {
        var line = TextLine([.init(word, .key), .init(Format.time(run.time, offset: offset), .dim)])
        line.append(" \(run.id.short) \(run.function) ")
        switch run.state {
        case .inFlight: line.append("in flight", .inFlight)
        case .finished(let status): line.append(status.description, status.isFailure ? .failed : .plain)
        }
        if run.isCold == true { line.append(" cold", .warning) }
        if let error = run.error { line.append(" \(error)", .failed) }
        return line
    }

    // MARK: - Numbers

    private var measureLines: [TextLine] {
        [TextLine(Self.row("", "before", "after", ""), .dim)]
            + self.measures.map { measure in
                var line = TextLine(Self.padded(measure.name, 13), .key)
                line.append(
                    Self.leading(measure.text(measure.before), 9) + Self.leading(measure.text(measure.after), 9)
                )
                line.append("  " + measure.difference)
                return line
            }
    }

    private static func row(_ name: String, _ before: String, _ after: String, _ difference: String) -> String {
        self.padded(name, 13) + self.leading(before, 9) + self.leading(after, 9) + "  " + difference
    }

    private static func padded(_ text: String, _ columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - text.count))
    }

    private static func leading(_ text: String, _ columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - text.count)) + text
    }

    // MARK: - Calls

    private var callLines: [TextLine] {
        guard !self.calls.isEmpty else { return [TextLine([.init("calls", .title), .init("  none in either", .dim)])] }
        let (new, gone) = (self.newCalls, self.goneCalls)
        let changed = self.calls.reduce(0) { $0 + ($1.differences.isEmpty ? 0 : 1) }
        let words = [(new, "new"), (gone, "gone"), (changed, "changed")].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let head = TextLine([
            .init("calls", .title), .init("  " + (words.isEmpty ? "the same" : words.joined(separator: ", ")), .dim),
        ])
        return [head] + self.calls.map(Self.line)
    }

    private static func line(of row: CallComparison) -> TextLine {
        let call = row.call
        let name = " \(call.method ?? Format.unknown) \(call.url.map { String($0.short) } ?? Format.unknown)"
        switch row.pair {
        case .gone(let call):
            let times =
                self.leading("", 9) + self.leading(Format.spacedDuration(call.duration), 8) + self.leading("", 10)
            return TextLine([.init("  - ", .warning), .init(times, .dim), .init(name, .dim)])
        case .new(let call):
            let times = self.leading("", 20) + self.leading(Format.spacedDuration(call.duration), 7)
            return TextLine([
                .init("  + ", .warning), .init(times, .dim), .init(name, call.isFailed ? .failed : .plain),
            ])
        case .both(let old, let new):
            let signed = row.difference.map(Comparison.signed) ?? Format.unknown
            let (before, after) = (Format.spacedDuration(old.duration), Format.spacedDuration(new.duration))
            let isChanged = !row.differences.isEmpty
            var line = TextLine(isChanged ? "  ± " : "  = ", isChanged ? .warning : .dim)
            line.append(self.leading(signed, 9))
            line.append(self.leading(before, 8) + " → " + self.leading(after, 7), .dim)
            line.append(name, new.isFailed ? .failed : .plain)
            if isChanged { line.append("  " + row.differences.joined(separator: ", "), .warning) }
            return line
        }
    }

    // MARK: - Bodies

    private func lines(of body: BodyComparison, _ name: String) -> [TextLine] {
        func head(_ text: String) -> TextLine { TextLine([.init(name, .title), .init("  " + text, .dim)]) }
        switch body {
        case .unknown: return [head("not observed")]
        case .only(let isAfter): return [head("observed only \(isAfter ? "after" : "before")")]
        case .same: return [head("the same")]
        case .text(let old, let new):
            return [head("differs, and is no JSON")] + Self.lines(of: old, "- ") + Self.lines(of: new, "+ ")
        case .json(let diff):
            let rest = diff.omitted > 0 ? [TextLine("  … \(diff.omitted) more", .dim)] : []
            return [head("\(diff.count) difference\(diff.count == 1 ? "" : "s")")] + diff.changes.map(Self.line) + rest
        }
    }

    private static func lines(of text: String, _ mark: String) -> [TextLine] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).prefix(200).map { part in
            TextLine([.init("  " + mark, .warning), .init(String(part))])
        }
    }

    private static func line(of change: JSONChange) -> TextLine {
        let path = change.path.isEmpty ? "(all)" : change.path
        switch change {
        case .added(_, let value):
            return TextLine([.init("  + ", .warning), .init("\(path): ", .key), .init(self.text(value))])
        case .removed(_, let value):
            return TextLine([.init("  - ", .warning), .init("\(path): ", .key), .init(self.text(value), .dim)])
        case .changed(_, let old, let new):
            return TextLine([
                .init("  ~ ", .warning), .init("\(path): ", .key), .init(self.text(old), .dim), .init(" → "),
                .init(self.text(new)),
            ])
        }
    }

    /// A value on one line, of which a part is enough to know it.
    private static func text(_ value: JSONValue) -> String {
        let text = String(decoding: value.bytes, as: UTF8.self)
        return text.count > 300 ? text.prefix(300) + "…" : text
    }
}

extension Comparison.Measure {
    func text(_ value: Double?) -> String {
        guard let value else { return Format.unknown }
        return switch self.unit {
        case .milliseconds: Format.spacedDuration(value)
        case .megabytes: "\(Format.fixed(value, 0)) MB"
        case .count: Format.fixed(value, 0)
        }
    }

    /// `−112 ms`, `+1`, `=`.
    var difference: String {
        guard let before, let after else { return Format.unknown }
        if before == after { return "=" }
        if self.unit == .milliseconds { return Comparison.signed(after - before) }
        return (after < before ? "−" : "+") + self.text(abs(after - before))
    }
}
