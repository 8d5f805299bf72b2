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

    /// A body that has a screen of its own.
    struct Kind: Sendable, CustomTestStringConvertible {
        let name: String
        let type: String
        let body: Body
        var isRequest = false
        var isTruncated = false

        var testDescription: String { self.name }
    }

    private static let kinds = [
        Kind(
            name: "form",
            type: "application/x-www-form-urlencoded",
            body: Body(
                .text(
                    "name=Ada+L%C3%A9onie&password=‹redacted›&items%5B0%5D=4&items%5B1%5D=9&note=two%0Alines&empty="
                        + "&flag&bad=%zz&back=https%3A%2F%2Fshop.test%2Fdone%3Forder%3D7%26from%3Dmail"
                ),
                size: 170
            ),
            isRequest: true
        ),
        Kind(
            name: "multipart",
            type: "multipart/form-data; boundary=----lmon7MA4YWxk",
            body: Body(
                .text(
                    """
                    ------lmon7MA4YWxk\r
                    Content-Disposition: form-data; name="order"\r
                    \r
                    17\r
                    ------lmon7MA4YWxk\r
                    Content-Disposition: form-data; name="lines"; filename="lines.csv"\r
                    Content-Type: text/csv\r
                    \r
                    item,count: all
                    4,1
                    9,2\r
                    ------lmon7MA4YWxk--\r

                    """
                ),
                size: 296
            ),
            isRequest: true
        ),
        Kind(
            name: "events",
            type: "text/event-stream; charset=utf-8",
            body: Body(
                .text(
                    """
                    : ping
                    retry: 3000

                    event: delta
                    id: 7
                    data: {"choices":[{"index":0,"delta":{"content":"Grüezi, "}}],"usage":null}

                    data:{"choices":[{"index":0,"delta":{"content":"Ada"}}],"usage":{"tokens":12}}

                    data: plain text: with a colon
                    data: [DONE]
                    data

                    """
                ),
                size: 251
            )
        ),
        Kind(
            name: "json-lines",
            type: "application/x-ndjson",
            body: Body(
                .text(
                    """
                    {"id":1,"name":"Ada","tags":["new","eu"],"address":{"city":"Zürich","lines":[]},"total":12.50}
                    {"id":2,"name":"Léonie","paid":true,"address":null}

                    no JSON at all
                    {"id":3,"name":"cut o
                    """
                ),
                size: 4_096
            ),
            isTruncated: true
        ),
        Kind(
            name: "bytes",
            type: "application/x-protobuf",
            body: Body(
                .base64("CgNBZGESC2FkYUBzaG9wLnRlc3QYBCABMhQKBmxhYmVsMRD///////////8BGgIAfxtbMW1+gA=="),
                size: 1_200
            ),
            isTruncated: true
        ),
    ]

    @Test(arguments: ScreenGoldenTests.sizes, Self.kinds)
    func lookAs(size: (Int, Int), kind: Kind) throws {
        var rig = WaterfallKeyTests.rig(columns: size.0, rows: size.1) { invocation in
            let headers = [Header("content-type", kind.type)]
            var body = kind.body
            body.isTruncated = kind.isTruncated
            if kind.isRequest {
                invocation.calls[0].method = "POST"
                invocation.calls[0].requestHeaders = headers
                invocation.calls[0].requestBody = body
            } else {
                invocation.calls[0].responseHeaders = headers
                invocation.calls[0].responseBody = body
                invocation.calls[0].sizes.response = body.size
            }
        }
        rig.type(kind.isRequest ? "<enter>[" : "<enter>")
        try expectGolden(rig.screen, named: "body-\(kind.name)-\(size.0)x\(size.1)")
        #expect(ScreenFaults.of(rig.screen) == [])
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
