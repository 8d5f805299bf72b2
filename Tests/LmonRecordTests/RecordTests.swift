import LmonJSON
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct RecordTests {
    private let full =
        #"{"v":1,"environment":"E1","sequence":42,"function":"orders","time":"2026-11-23T10:00:00.123Z","observed":"2026-11-23T10:00:00.125Z","type":"platform.start","requestId":"r1","record":{"a":[1, 2]}}"#

    private func record(_ text: String) throws -> Record { try Record(line: Array(text.utf8)) }

    @Test func readsTheEnvelope() throws {
        let record = try self.record(self.full)
        #expect(record.environment == "E1" && record.sequence == 42 && record.function == "orders")
        #expect(record.type == .start && record.requestID == "r1")
        #expect(record.observed.milliseconds(since: record.time) == 2)
        #expect(String(decoding: record.payload, as: UTF8.self) == #"{"a":[1, 2]}"#)
        var scanner = record.scanner
        #expect(try scanner.value()["a"]?[1] == .number("2"))
        try scanner.finish()
    }

    @Test(arguments: [
        #"{"record":"text","type":"function","sequence":1,"environment":"E","time":"2026-11-23T10:00:00Z"}"#,
        #" { "v" : 1.0 , "environment":"E","sequence":1e0,"time":"2026-11-23T11:00:00.5+01:00","type":"x","record":null } "#,
        #"{"v":1,"environment":"E","sequence":1,"time":"2026-11-23T10:00:00Z","type":"\u0078","requestId":null,"record":1,"later":{"version":[2]}}"#,
        #"{"environment":"Ünï","sequence":9007199254740993,"time":"2026-11-23T10:00:00Z","type":"é","record":"😀","function":"ƒ"}"#,
    ])
    func keepsEveryLineByteForByte(text: String) throws {
        let trimmed = text.drop { $0 == " " }.isEmpty ? text : text
        let record = try self.record(trimmed)
        let kept = String(decoding: record.line, as: UTF8.self)
        #expect(text.hasPrefix(kept) && text.dropFirst(kept.count).allSatisfy(\.isWhitespace))
        #expect(try Record(line: record.line) == record)
    }

    @Test(arguments: [
        ("", RecordError.Code.json(.unexpectedEnd)), ("[]", .json(.expected(.object))), ("{}", .missing("environment")),
        (#"{"v":2}"#, .version(2)), (#"{"environment":1}"#, .json(.expected(.string))),
        (
            #"{"environment":"E","sequence":0,"type":"x","time":"2026-11-23T10:00:00Z","record":1}"#,
            .invalid("sequence")
        ),
        (#"{"environment":"E","sequence":1,"type":"x","time":"yesterday","record":1}"#, .invalid("time")),
        (#"{"environment":"E","sequence":1,"type":"x","time":"2026-11-23T10:00:00Z"}"#, .missing("record")),
        (
            #"{"environment":"E","sequence":1,"type":"x","time":"2026-11-23T10:00:00Z","observed":"","record":1}"#,
            .invalid("observed")
        ),
        (
            #"{"environment":"E","sequence":1.5,"type":"x","time":"2026-11-23T10:00:00Z","record":1}"#,
            .json(.numberOutOfRange)
        ),
        (#"{"environment":"E"} x"#, .json(.trailingBytes)),
    ])
    func saysWhyALineIsNoRecord(text: String, code: RecordError.Code) {
        #expect { try self.record(text) } throws: { ($0 as? RecordError)?.code == code }
    }

    @Test func numbersAnObservation() throws {
        let observation = Observation.make(.start, "r1", at: 0.125, #"{"requestId":"r1"}"#)
        let record = Record(observation, sequence: 7, observed: .test(2))
        #expect(
            String(decoding: record.line, as: UTF8.self)
                == #"{"v":1,"environment":"01KAR0000000000000000000A3","sequence":7,"function":"orders","time":"2026-11-23T10:42:01.000125Z","observed":"2026-11-23T10:42:01.002Z","type":"platform.start","requestId":"r1","record":{"requestId":"r1"}}"#
        )
        #expect(try Record(line: record.line) == record)
        #expect(try Record(line: record.line).payloadRange == record.payloadRange)
        #expect(try Record(line: record.line).time == record.time)
    }

    @Test(arguments: 1...200)
    func comesThroughItsLineUnchanged(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let names = ["", "a", "ü\"\\\n", "\u{0}\u{1F}", "😀", String(repeating: "x", count: 100)]
        let observation = Observation(
            environment: random.pick(names),
            function: random.pick(names),
            time: Timestamp(microseconds: Int64(random.int(0..<4_000_000_000_000_000))),
            type: RecordType(random.pick(names + ["platform.start", "http.end"])),
            requestID: random.chance(50) ? random.pick(names) : nil,
            payload: RandomJSON.text(&random)
        )
        let record = Record(observation, sequence: random.int(1..<Int.max), observed: observation.time)
        let again = try Record(line: record.line)
        #expect(again == record)
        #expect(again.environment == observation.environment && again.function == observation.function)
        #expect(again.time == observation.time && again.type == observation.type)
        #expect(again.requestID == observation.requestID && again.sequence == record.sequence)
        #expect(try JSONValue(parsing: Array(again.payload)) == JSONValue(parsing: observation.payload))
    }

    /// Garbage is refused with a place within the line, and never trips anything.
    @Test(arguments: 1...200)
    func survivesSpoiltLines(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            var line = Array(self.full.utf8)
            for _ in 0..<random.int(1..<4) { line[random.int(0..<line.count)] = UInt8(random.int(0..<256)) }
            do {
                let record = try Record(line: line)
                #expect(record.payloadRange.upperBound <= record.line.count)
            } catch {
                #expect(error.offset <= line.count && !error.description.isEmpty)
            }
        }
    }
}

@Suite struct RecordLinesTests {
    private func line(_ sequence: Int) -> String {
        #"{"environment":"E","sequence":\#(sequence),"type":"x","time":"2026-11-23T10:00:00Z","record":1}"#
    }

    private func read(_ text: String, chunk: Int = .max) -> [String] {
        var lines = RecordLines()
        var elements: [RecordLines.Element] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            elements += lines.append(rest.prefix(chunk))
            rest = rest.dropFirst(chunk)
        }
        if let last = lines.finish() { elements.append(last) }
        return elements.map { element in
            switch element {
            case .success(let record): "\(record.sequence)"
            case .failure(let error): error.description
            }
        }
    }

    @Test func cutsAStreamAnywhere() {
        let text = "\(self.line(1))\n\(self.line(2))\r\n\n  \n\(self.line(3))"
        for chunk in [1, 2, 7, 64, 100, 1000] { #expect(self.read(text, chunk: chunk) == ["1", "2", "3"]) }
    }

    @Test func reportsABrokenLineInItsPlaceAndGoesOn() {
        let text = "\(self.line(1))\n{\"environment\":\"E\",x}\n\n\(self.line(2))\nno\n"
        #expect(
            self.read(text) == [
                "1", "line 2, column 20: expected a string", "2", "line 5, column 1: expected an object",
            ]
        )
    }

    @Test func dropsALineThatIsTooLongWhileItComes() {
        let long = #"{"record":""# + String(repeating: "x", count: Record.maximumLength + 10) + "\"}"
        let text = "\(self.line(1))\n\(long)\n\(self.line(2))\n"
        let expected = "line 2, column \(Record.maximumLength + 1): longer than \(Record.maximumLength) bytes"
        #expect(self.read(text, chunk: 60_000) == ["1", expected, "2"])
        #expect(self.read(long) == [expected.replacing("line 2", with: "line 1")])
    }

    @Test func takesALineOfExactlyTheLimit() {
        let head = #"{"environment":"E","sequence":1,"type":"x","time":"2026-11-23T10:00:00Z","record":""#
        let line = head + String(repeating: "x", count: Record.maximumLength - head.utf8.count - 2) + "\"}"
        #expect(line.utf8.count == Record.maximumLength)
        #expect(self.read(line + "\r\n") == ["1"])
        #expect(self.read(line + "\n") == ["1"])
    }

    @Test func saysNothingOfAnEmptyStream() {
        #expect(self.read("") == [] && self.read("\n\n") == [])
    }
}

@Suite struct TombstoneTests {
    @Test func comesThroughARecord() throws {
        let tombstone = Tombstone(first: 5, through: 9, count: 5, reason: "queue full", sink: "tee")
        let observation = Observation(
            environment: "E",
            function: "f",
            time: .testOrigin,
            type: .dropped,
            payload: tombstone.payload
        )
        #expect(Tombstone(Record(observation, sequence: 5, observed: .testOrigin)) == tombstone)
    }

    @Test(arguments: [
        (#"{"count":3}"#, Tombstone?.some(Tombstone(first: 2, through: nil, count: 3, reason: "", sink: nil))),
        (#"{"through":4}"#, Tombstone(first: 2, through: 4, count: 3, reason: "", sink: nil)),
        (
            #"{"through":null,"count":1,"reason":"r","sink":null,"x":[]}"#,
            Tombstone(first: 2, through: nil, count: 1, reason: "r", sink: nil)
        ),
        ("{}", nil), ("[]", nil), (#"{"count":"3"}"#, nil),
        (
            #"{"through":9223372036854775807}"#,
            Tombstone(first: 2, through: .max, count: .max - 1, reason: "", sink: nil)
        ),
        (#"{"through":-9223372036854775808}"#, nil), (#"{"through":1,"count":1}"#, nil), (#"{"count":-1}"#, nil),
    ])
    func readsItsPayload(payload: String, expected: Tombstone?) {
        let record = Record(.make(.dropped, nil, at: 0, payload), sequence: 2, observed: .testOrigin)
        #expect(Tombstone(record) == expected)
    }

    @Test func isOnlyWhatSaysSo() {
        #expect(
            Tombstone(Record(.make(.start, "r", at: 0, #"{"count":1}"#), sequence: 1, observed: .testOrigin)) == nil
        )
    }
}
