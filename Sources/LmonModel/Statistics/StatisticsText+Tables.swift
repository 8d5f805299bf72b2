/// The tables by function, host, status and error.
extension StatisticsText {
    var functions: [StatisticsLine] {
        self.table("functions", "", self.report.functions) { self.filter("function", $0) }
    }

    var hosts: [StatisticsLine] {
        self.table("hosts", "slowest first", self.report.hosts) { self.filter("host", $0) }
    }

    var statuses: [StatisticsLine] {
        self.table("statuses of calls", "", self.report.statuses) { name in
            let isStatus = name.utf8.allSatisfy { (0x30...0x39).contains($0) }
            return self.filter(isStatus ? "status" : "code", name)
        }
    }

    var failures: [StatisticsLine] {
        self.table("failed invocations by error", "", self.report.failures) { name in
            // Words of Lambda's statuses are no error types.
            name == "timeout" ? "timeout" : self.filter("errorType", name)
        }
    }

    private func table(
        _ title: String,
        _ rest: String,
        _ groups: [StatisticsReport.Group],
        _ filter: (String) -> String?
    ) -> [StatisticsLine] {
        guard !groups.isEmpty else { return [] }
        let columns = TableColumns(self.columns)
        let most = groups.map(\.count).max() ?? 1
        return [self.header(rest.isEmpty ? title : "\(title), \(rest)", columns)]
            + groups.map { group in
                let known = group.name == StatisticsReport.others || group.name == Format.unknown
                return StatisticsLine(self.row(group, columns, most), filter: known ? nil : filter(group.name))
            }
    }

    private func header(_ title: String, _ columns: TableColumns) -> StatisticsLine {
        func right(_ text: String, _ width: Int) -> String { self.rules.padded(text, width, trailing: true) }
        let name = self.clipped(title, columns.name + 1)
        var line = TextLine(self.rules.padded(name, columns.name + 2), .title)
        var text = right("count", columns.count)
        text += right("failed", columns.failed) + right("p50", columns.duration) + right("p95", columns.duration)
        if columns.bytes > 0 { text += right("bytes", columns.bytes) }
        line.append(text, .dim)
        return StatisticsLine(line, isTitle: true)
    }

    private func row(_ group: StatisticsReport.Group, _ columns: TableColumns, _ most: Int) -> TextLine {
        let name = self.clipped(self.rules.sanitised(group.name), columns.name)
        var line = TextLine("  " + self.rules.padded(name, columns.name))
        line.append(self.number(group.count, columns.count))
        line.append(self.number(group.failed, columns.failed), group.failed > 0 ? .failed : .dim)
        line.append(self.duration(group.durations.p50, columns.duration), .dim)
        line.append(self.duration(group.durations.p95, columns.duration))
        if columns.bytes > 0 {
            let bytes = self.marks.text(group.bytes > 0 ? Format.bytes(group.bytes) : Format.unknown)
            line.append(self.rules.padded(bytes, columns.bytes, trailing: true), .dim)
        }
        if columns.bar > 0 {
            let length = max(1, Int((Double(group.count) / Double(max(1, most)) * Double(columns.bar)).rounded()))
            line.append("  " + String(repeating: self.marks.transfer, count: length), .call)
        }
        return line
    }

    /// The beginning that fits; in ASCII the ellipsis takes three columns.
    private func clipped(_ text: String, _ columns: Int) -> String {
        guard self.rules.width(text) > columns else { return self.marks.text(text) }
        return self.marks.text(self.rules.clipped(text, self.marks.isASCII ? columns - 2 : columns))
    }

    /// `host=api.test`, with quotes where it needs them; nil if it cannot be written so.
    private func filter(_ field: String, _ name: String) -> String? {
        let plain = name.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789.:-_/@".unicodeScalars.contains(scalar))
        }
        guard !plain || name.isEmpty else { return "\(field)=\(name)" }
        var quoted = "\""
        for character in name.unicodeScalars {
            if character == "\"" || character == "\\" { quoted.unicodeScalars.append("\\") }
            quoted.unicodeScalars.append(character)
        }
        let text = "\(field)=\(quoted)\""
        return (try? Filter(text)) == nil ? nil : text
    }
}

/// How wide a table's columns are; what does not fit is left out from the right.
private struct TableColumns {
    let name: Int
    let count: Int
    let failed: Int
    let duration: Int
    let bytes: Int
    let bar: Int

    init(_ columns: Int) {
        let isNarrow = columns < 60
        self.count = isNarrow ? 6 : 8
        self.failed = 7
        self.duration = isNarrow ? 7 : 9
        self.bytes = isNarrow ? 0 : 10
        let numbers = self.count + self.failed + 2 * self.duration + self.bytes
        let free = columns - 3 - numbers
        self.name = max(8, min(36, columns < 100 ? free : free * 2 / 3))
        let rest = free - self.name - 2
        self.bar = rest >= 6 ? min(24, rest) : 0
    }
}
