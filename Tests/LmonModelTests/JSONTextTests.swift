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
}
