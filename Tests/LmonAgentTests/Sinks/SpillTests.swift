import LmonAgent
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct SpillTests {
    @Test func bodiesNeverGoToTheLog() throws {
        let records = Record.numbered([
            .log("r1", "a line"),
            .make(
                .httpEnd,
                "r1",
                at: 1,
                #"{"callId":"c","outcome":"complete","bodies":{"response":{"text":"the body","size":8}}}"#
            ),
            .make(.invocationEvent, "r1", at: 2, #"{"text":"the event","size":9}"#),
        ])
        let (bytes, left) = Spill.lines(of: records)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(left == 0)
        #expect(!text.contains("the body") && !text.contains("the event"))
        #expect(text.contains(#""response":{"size":8,"truncated":true}"#) && text.contains("a line"))
        let lines = text.split(separator: "\n")
        #expect(try lines.map { try Record(line: Array($0.utf8)).sequence } == [1, 2, 3])
    }

    @Test func noMoreThanIsWorthItsPriceGoesThere() {
        let records = Record.numbered((1...100).map { _ in .log("r1", String(repeating: "x", count: 10_000)) })
        let (bytes, left) = Spill.lines(of: records)
        #expect(bytes.count <= Spill.maximumBytes && bytes.count > Spill.maximumBytes - 11_000)
        #expect(left > 0 && left < 100)
    }
}
