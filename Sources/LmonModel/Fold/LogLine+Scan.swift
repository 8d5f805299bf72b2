import LmonJSON
package import LmonRecord

extension LogLine {
    /// Reads the record of type `function` or `extension`: a string, or an object when the function logs JSON.
    init(_ record: Record, source: Source) {
        self.init(time: record.time, source: source, text: "")
        var scanner = record.scanner
        do {
            switch try scanner.kind() {
            case .string: self.readText(try scanner.string())
            case .object: try self.readObject(&scanner)
            case .array, .number, .boolean, .null: self.text = String(decoding: record.payload, as: UTF8.self)
            }
        } catch {
            self.text = String(decoding: record.payload, as: UTF8.self)
        }
    }

    private mutating func readObject(_ scanner: inout JSONScanner) throws(JSONError) {
        var message: String?
        let start = scanner.offset
        try scanner.members { key, value throws(JSONError) in
            switch key {
            case "message", "msg":
                let isText = try value.kind() == .string
                message = isText ? try value.string() : String(decoding: value.bytes[try value.skip()], as: UTF8.self)
            case "level", "severity": self.level = try value.lenientString().flatMap { LogLevel($0) }
            default: try value.skip()
            }
        }
        let json = String(decoding: scanner.bytes[start..<scanner.offset], as: UTF8.self)
        self.json = json
        self.text = message ?? json
    }

    /// Takes Lambda's prefix `time⇥request id⇥LEVEL⇥` off a line; both are known anyway.
    private mutating func readText(_ line: String) {
        var line = line[...]
        while let last = line.unicodeScalars.last, last == "\n" || last == "\r" { line.unicodeScalars.removeLast() }
        let utf8 = line.utf8
        guard let first = utf8.firstIndex(of: 9),
            let second = utf8[utf8.index(after: first)...].firstIndex(of: 9),
            let third = utf8[utf8.index(after: second)...].firstIndex(of: 9),
            let level = LogLevel(line[utf8.index(after: second)..<third]), Timestamp(String(line[..<first])) != nil
        else {
            self.text = String(line)
            return
        }
        self.level = level
        self.text = String(line[utf8.index(after: third)...])
    }
}

extension LogRow {
    /// The row of a line by its record.
    package init(_ record: Record, id: LogRow.ID) {
        let source: LogLine.Source = record.type == .extension ? .extension : .function
        self.init(id: id, line: LogLine(record, source: source), function: record.function)
    }
}
