import LmonModel
import Testing

@Suite struct LogFieldsTests {
    @Test(arguments: [
        (#"{"level":"INFO","message":"m","user":4}"#, ["user=4"], true),
        (#"{"msg":"m","a":{"b": [1, 2]},"c":"two words"}"#, [#"a={"b":[1,2]}"#, "c=two words"], true),
        (#"{"timestamp":"t","requestId":"r","ok":true,"none":null}"#, ["ok=true", "none=null"], false),
        ("{}", [], false),
    ])
    func readsTheMembers(json: String, fields: [String], hasMessage: Bool) throws {
        let found = try #require(LogFields(json))
        #expect(found.fields.map { "\($0.key)=\($0.value)" } == fields)
        #expect(found.hasMessage == hasMessage)
    }

    @Test(arguments: ["", "[1]", "7", #"{"a":"#, "words"])
    func anythingElseHasNone(text: String) { #expect(LogFields(text) == nil) }
}
