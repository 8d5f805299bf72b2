import LmonJSON
import LmonTestSupport
import Testing

@Suite struct ScannerTests {
    @Test(arguments: [
        "", " ", "{", "[", "\"", "tru", "nul", "nulll", "truefalse", "[1,]", "{\"a\":1,}", "{,}", "[,]", "[1 2]",
        "{\"a\" 1}",
        "{a:1}", "{\"a\":}", "{1:2}", "01", "-", "-01", "+1", ".5", "1.", "1.e1", "1e", "1e+", "0x10", "1_000", "NaN",
        "Infinity", "-Infinity", "'a'", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\\"", "\"a\nb\"", "\"a\tb\"",
        "\"\u{0}\"",
        "[1]]", "{}{}", "1 2", "// c\n1", "/**/1", "\u{FEFF}1", "\u{A0}1", "[1}", "{\"a\":1]", "\"\\uD800", "[\"\\u0",
        "{\"a\"",
        "{\"a\":", "{\"a\":1", "\u{0B}1", "\u{0C}1",
    ])
    func refuses(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        var scanner = JSONScanner(Array(text.utf8))
        #expect(throws: JSONError.self) {
            try scanner.skip()
            try scanner.finish()
        }
    }

    @Test(arguments: [
        ("0", JSONValue.number("0")), ("-0", .number("-0")), ("-0.0e-0", .number("-0.0e-0")), ("1E+2", .number("1E+2")),
        (" \t\r\n1 \t\r\n", .number("1")), ("12345678901234567890", .number("12345678901234567890")),
        ("1e400", .number("1e400")), ("true", .bool(true)), ("null", .null), ("[]", .array([])), ("{}", .object([])),
        ("[ ]", .array([])), ("{ }", .object([])), (#""""#, .string("")), (#""\u0000""#, .string("\u{0}")),
        (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")), (#""\u00E9\u20ac""#, .string("é€")),
        (#""\ud83d\ude00""#, .string("😀")), (#""\uD800""#, .string("\u{FFFD}")), (#""\uDC00x""#, .string("\u{FFFD}x")),
        (#""\uD800\uD800""#, .string("\u{FFFD}\u{FFFD}")), (#""\uD800\u0041""#, .string("\u{FFFD}A")),
        (#""\uD800\n""#, .string("\u{FFFD}\n")), ("\"\u{7F}\u{10FFFF}\"", .string("\u{7F}\u{10FFFF}")),
        (#"{"a":1,"a":2}"#, .object([.init("a", .number("1")), .init("a", .number("2"))])),
        (#"{"":{"":[]}}"#, .object([.init("", .object([.init("", .array([]))]))])),
    ])
    func reads(text: String, expected: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == expected)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE], [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x98],
        ] as [[UInt8]]
    )
    func refusesWhatIsNotUTF8(bytes: [UInt8]) {
        // At every distance from the string's start, since plain text is passed eight bytes at a time.
        for padding in 0..<18 {
            let text = [UInt8(ascii: "\"")] + [UInt8](repeating: 0x61, count: padding) + bytes + [UInt8(ascii: "\"")]
            var scanner = JSONScanner(text)
            #expect { try scanner.string() } throws: { error in
                (error as? JSONError)?.code == .invalidUTF8 && (error as? JSONError)?.offset == padding + 1
            }
        }
    }

    @Test(arguments: [0x00, 0x01, 0x1F, 0x0A, 0x22, 0x5C] as [UInt8])
    func stopsAtEverySpecialByteWhereverItStands(byte: UInt8) {
        for length in 0..<40 {
            for place in 0..<max(length, 1) {
                var content = [UInt8](repeating: 0x7E, count: length)
                if place < length { content[place] = byte } else { content.append(byte) }
                var scanner = JSONScanner([UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")])
                let text = try? scanner.string()
                switch byte {
                case 0x22: #expect(text?.utf8.count == min(place, content.count - 1))
                default: #expect(text == nil)
                }
            }
        }
    }

    @Test(arguments: [
        ("[1,x]", JSONError(.unexpectedByte(0x78), at: 3)), ("[1", JSONError(.unexpectedEnd, at: 2)),
        ("{\"a\":tru}", JSONError(.unexpectedByte(0x7D), at: 8)), ("01", JSONError(.invalidNumber, at: 0)),
        ("\"\\q\"", JSONError(.invalidEscape, at: 1)), ("\"\n\"", JSONError(.controlCharacterInString, at: 1)),
        ("1 1", JSONError(.trailingBytes, at: 2)), ("[1,]", JSONError(.unexpectedByte(0x5D), at: 3)),
    ])
    func saysWhatIsWrongAndWhere(text: String, expected: JSONError) {
        #expect(throws: expected) { try JSONValue(parsing: text) }
    }

    @Test func refusesNestingThatCouldExhaustTheStack() throws {
        let deep = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        _ = try JSONValue(parsing: deep)
        #expect(throws: JSONError(.tooDeep, at: 512)) { try JSONValue(parsing: "[" + deep + "]") }
        #expect(throws: JSONError.self) { try JSONValue(parsing: String(repeating: "{\"a\":", count: 100_000)) }
        var scanner = JSONScanner(Array(String(repeating: "[", count: 100_000).utf8))
        #expect(throws: JSONError(.tooDeep, at: 512)) { try scanner.skip() }
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("12.0", 12), ("1e3", 1000), ("120e-1", 12), ("9223372036854775807", Int.max),
        ("-9223372036854775808", Int.min),
    ])
    func readsIntegers(text: String, expected: Int) throws {
        var scanner = JSONScanner(Array(text.utf8))
        #expect(try scanner.int() == expected)
    }

    @Test(arguments: ["9223372036854775808", "-9223372036854775809", "1.5", "1e30", "1e-1", "true", "\"1\"", "null"])
    func refusesWhatIsNoInteger(text: String) {
        var scanner = JSONScanner(Array(text.utf8))
        #expect(throws: JSONError.self) { try scanner.int() }
    }

    @Test(arguments: 1...200)
    func readsDoublesExactly(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let value =
                random.chance(50)
                ? Double(random.int(-1_000_000..<1_000_000)) / 1000 : Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            var scanner = JSONScanner(Array(value.description.utf8))
            #expect(try scanner.double().bitPattern == value.bitPattern, "\(value)")
        }
    }

    @Test func refusesADoubleThatIsTooLarge() {
        var scanner = JSONScanner(Array("1e400".utf8))
        #expect(throws: JSONError(.numberOutOfRange, at: 0)) { try scanner.double() }
    }

    @Test func walksAnObjectAndSkipsWhatItDoesNotKnow() throws {
        let text = #" { "a" : [1, {"x": "]"}] , "b":"\u0062", "c":null,"d":true } "#
        var scanner = JSONScanner(Array(text.utf8))
        var seen: [String] = []
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "b": seen.append(try scanner.string())
            case "c": seen.append(try scanner.null() ? "null" : "?")
            case "d": seen.append(try scanner.bool() ? "true" : "?")
            default: seen.append(String(decoding: scanner.bytes[try scanner.skip()], as: UTF8.self))
            }
        }
        try scanner.finish()
        #expect(seen == [#"[1, {"x": "]"}]"#, "b", "null", "true"])
    }

    @Test func seesOnlyItsRange() throws {
        let bytes = Array("xx[1,2]yy".utf8)
        var scanner = JSONScanner(bytes, in: 2..<7)
        #expect(try scanner.skip() == 2..<7)
        try scanner.finish()
        var cut = JSONScanner(bytes, in: 2..<6)
        #expect(throws: JSONError(.unexpectedEnd, at: 6)) { try cut.skip() }
    }

    @Test(arguments: 1...100)
    func neverReadsBeyondItsEnd(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = RandomJSON.text(&random)
        for end in 0...bytes.count {
            var whole = JSONScanner(Array(bytes[..<end]))
            var part = JSONScanner(bytes, in: 0..<end)
            let first = (try? whole.skip()).map { _ in whole.offset }
            let second = (try? part.skip()).map { _ in part.offset }
            #expect(first == second)
        }
    }
}

@Suite struct TextPositionTests {
    @Test(arguments: [
        ("", 0, 1, 1), ("abc", 2, 1, 3), ("a\nb", 2, 2, 1), ("a\n\n", 3, 3, 1), ("é\nx", 3, 2, 1), ("ab", 99, 1, 3),
    ])
    func countsLinesAndColumns(text: String, offset: Int, line: Int, column: Int) {
        #expect(TextPosition(offset: offset, in: Array(text.utf8)) == TextPosition(line: line, column: column))
    }
}
