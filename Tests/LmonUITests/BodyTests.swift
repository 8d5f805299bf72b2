import LmonModel
import LmonScreen
import LmonTestSupport
import LmonUI
import Testing

/// What a body looks like, by what it is.
@Suite struct BodyTests {
    private static let png = "iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgCAYAAAA="

    private func rig(_ type: String, _ body: Body, columns: Int = 80, rows: Int = 24) -> UIRig {
        var rig = WaterfallKeyTests.rig(columns: columns, rows: rows) { invocation in
            invocation.calls[0].responseHeaders = [Header("content-type", type)]
            invocation.calls[0].responseBody = body
        }
        rig.type("<enter>")
        return rig
    }

    @Test(arguments: ScreenGoldenTests.sizes)
    func bytes(columns: Int, rows: Int) throws {
        let rig = self.rig("image/png", Body(.base64(Self.png), size: 12_000), columns: columns, rows: rows)
        #expect(rig.text.contains("image/png, 12 kB, 640 × 480"))
        try expectGolden(rig.screen, named: "body-image-\(columns)x\(rows)")
    }

    @Test(arguments: [
        ("R0lGODlhAgEDAA==", "image/gif, 10 B, 258 × 3"),
        ("/9j/4AAEAAD/wAARCAEAAgADASIA", "image/jpeg, 21 B, 512 × 256"),
        ("AAECAwQ=", "x/y, 5 B"), ("iVBORw0K", "x/y, 6 B"),
    ])
    func headersOfImages(base64: String, text: String) {
        #expect(self.rig("x/y", Body(.base64(base64))).text.contains(text))
    }

    @Test func aFormIsFields() {
        let rig = self.rig("application/x-www-form-urlencoded", Body(.text("name=Ada+L%C3%A9&x=%zz&y"), size: 24))
        #expect(rig.text.contains("name: Ada Lé") && rig.text.contains("x: %zz") && rig.text.contains("   y:"))
    }

    @Test func linesOfJSONStayLines() {
        let rig = self.rig("application/x-ndjson", Body(.text("{\"a\":1,\"b\":[2]}\n{\"a\":2}\nrest"), size: 24))
        #expect(rig.text.contains(#"{"a": 1, "b": [2]}"#) && rig.text.contains("rest"))
        let events = self.rig("text/event-stream", Body(.text("event: x\ndata: {\"a\":1}"), size: 24))
        #expect(events.text.contains(#"data: {"a": 1}"#))
    }

    @Test func partsOfAForm() {
        let text = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--b--"
        let rig = self.rig("multipart/form-data; boundary=b", Body(.text(text), size: 24))
        #expect(rig.text.contains("Content-Disposition: form-data; name=\"a\"") && rig.text.contains("one"))
    }

    @Test func whatWasDoneToItIsSaid() {
        var body = Body(.text("x"), size: 1_200)
        body.encoding = "gzip"
        body.decodedSize = 4_000
        body.isRedacted = true
        let rig = self.rig("text/plain", body)
        #expect(rig.text.contains("gzip: 1.2 kB on the wire, 4.0 kB decoded") && rig.text.contains("Redacted:"))
    }
}
