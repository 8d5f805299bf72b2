import LmonSpool
import Testing

@Suite struct StreamMarkTests {
    @Test(arguments: [
        StreamMark(cursor: SpoolCursor(store: "1a2b", number: 42), newest: 50),
        StreamMark(cursor: SpoolCursor(store: "1a2b", number: 0), newest: 0, state: .end, isMissing: true),
        StreamMark(cursor: SpoolCursor(store: "x", number: .max), newest: 7, state: .stopping),
        StreamMark(cursor: SpoolCursor(store: "x", number: 1), newest: 7, state: .broken),
    ])
    func aMarkIsReadAsItWasWritten(mark: StreamMark) {
        #expect(mark.line.last == 0x0A)
        #expect(StreamMark(line: Array(mark.line.dropLast())) == mark)
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"cursor":"x"}"#, #"{"cursor":"x--1"}"#, #"{"cursor":"1","environment":"E"}"#,
        #"{"cursor":"1","newest":"a"}"#, #"{"cursor":"1"} x"#,
        // The distance between them is no number of records.
        #"{"cursor":"9223372036854775807","newest":-2}"#,
    ])
    func anythingElseIsNone(line: String) {
        #expect(StreamMark(line: Array(line.utf8)) == nil)
    }

    @Test func whatIsNotKnownYetIsPassedOver() {
        let mark = StreamMark(line: Array(#"{"cursor":"a-3","later":[1],"state":"new"}"#.utf8))
        #expect(mark == StreamMark(cursor: SpoolCursor(store: "a", number: 3), newest: 0))
    }

    @Test(arguments: ["", "-", "a-", "-1", "a-b", "a-1-2", "+1", "a-+1", "99999999999999999999", "a - 1"])
    func aWrongCursorIsNone(text: String) { #expect(SpoolCursor(text) == nil) }

    @Test func aBareNumberIsACursor() { #expect(SpoolCursor("17") == SpoolCursor(store: "", number: 17)) }
}
