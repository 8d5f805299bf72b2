import LmonModel
import Testing

@Suite struct JSONTextTests {
    @Test(arguments: [
        ("{}", "{}"), ("[]", "[]"), ("1.0", "1.0"), (#""a\"b""#, #""a\"b""#),
        ("[1,[2,{}],null]", "[\n  1,\n  [\n    2,\n    {}\n  ],\n  null\n]"),
        (#"{"a":1,"b":{"c":[true]}}"#, "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [\n      true\n    ]\n  }\n}"),
        (#"{"a":12345678901234567890,"a":"\u0041"}"#, "{\n  \"a\": 12345678901234567890,\n  \"a\": \"\\u0041\"\n}"),
    ])
    func indents(json: String, expected: String) {
        #expect(JSONText.lines(json)?.map(\.text).joined(separator: "\n") == expected)
    }

    @Test func givesEachTokenItsTone() throws {
        let lines = try #require(JSONText.lines(#"{"a":["x",1,true]}"#))
        let tones = lines.flatMap(\.spans).filter { $0.tone != .plain }.map { "\($0.text) \($0.tone)" }
        #expect(tones == [#""a" key"#, #""x" string"#, "1 number", "true literal"])
    }

    @Test(arguments: ["", "{", "text", #"{"a":1"#, "[1,]", #"{"a":1} x"#])
    func leavesWhatIsNoJSON(text: String) {
        #expect(JSONText.lines(text) == nil)
    }

    @Test func saysHowManyLinesItLeftOut() throws {
        let lines = try #require(
            JSONText.lines("[" + (0..<100).map(String.init).joined(separator: ",") + "]", limit: 10)
        )
        #expect(lines.count == 11)
        #expect(lines.last?.text == "… 92 more lines")
    }

    @Test func linesSayHowFarWhatBeginsInThemGoes() throws {
        let lines = try #require(JSONText.lines(#"{"a":[1,2],"b":{},"c":[[3]]}"#))
        #expect(lines.map { $0.fold?.below } == [11, 3, nil, nil, nil, nil, 4, 2, nil, nil, nil, nil])
        #expect(lines[0].folded(ellipsis: "…").text == "{…} 3 members")
        #expect(lines[1].folded(ellipsis: "…").text == #"  "a": […] 2 items"#)
        #expect(Set(lines.compactMap { $0.fold?.id }).count == 4)
    }

    @Test func whatIsCutFoldsAsFarAsItIsThere() throws {
        let text = "[" + (0..<100).map(String.init).joined(separator: ",") + "]"
        let lines = try #require(JSONText.lines(text, limit: 10))
        #expect(lines[0].fold?.below == 9 && lines[0].fold?.members == 100)
        for limit in 0...3 { #expect(JSONText.lines("[[1],[2]]", limit: limit) != nil) }
    }

    @Test(arguments: [
        (#"{"a":[1,2],"b":"xy"#, ["{", #"  "a": ["#, "    1,", "    2", "  ],", #"  "b": "xy"#]),
        (#"{"a":1,"be"#, ["{", #"  "a": 1,"#, #"  "be"#]), (#"[true,fal"#, ["[", "  true,", "  fal"]),
        (#"[{"a":1},"#, ["[", "  {", #"    "a": 1"#, "  },", "  "]), (#"{"#, ["{"]), (#"{"a":"#, ["{", #"  "a": "#]),
    ])
    func whatIsCutIsReadUpToThere(text: String, expected: [String]) {
        #expect(JSONText.lines(text) == nil)
        #expect(JSONText.lines(text, isCut: true)?.map(\.text) == expected)
    }

    @Test func whatIsCutKeepsItsFolds() throws {
        let lines = try #require(JSONText.lines(#"{"items":[{"n":1},{"n":2},{"n"#, isCut: true))
        #expect(lines.compactMap(\.fold?.members) == [1, 1])
    }

    @Test(arguments: ["{]", "abc", "[1}", "{\"a\":1 \"b"])
    func whatIsWrongBeforeItsEndIsNoJSON(text: String) {
        #expect(JSONText.lines(text, isCut: true) == nil)
    }

    /// Wherever a text is cut, no character of it is lost or made up.
    @Test func aCutLosesNothing() throws {
        let text = #"{"id":4,"tags":["a","b\"c",{"x":null}],"more":{"y":-1.5e3,"z":true}}"#
        func bare(_ text: String) -> String { text.filter { !" ,\n".contains($0) } }
        var read = 0
        for count in 1..<text.count {
            let head = String(text.prefix(count))
            guard let lines = JSONText.lines(head, isCut: true) else { continue }
            read += 1
            #expect(bare(lines.map(\.text).joined()) == bare(head), "\(head)")
        }
        #expect(read > text.count - 8, "only within a number or a literal it may be none")
    }
}
