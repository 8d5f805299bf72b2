import LambdaWire
import LmonTestSupport
import Testing

@Suite struct TelemetrySubscriptionTests {
    private static func parse(_ text: String) throws(RuntimeAPIError) -> TelemetrySubscription {
        try TelemetrySubscription(parsing: Array(text.utf8))
    }

    /// A good body with one member replaced.
    private static func body(
        schema: String = #""2022-12-13""#,
        types: String = #"["platform"]"#,
        destination: String = #"{"protocol":"HTTP","URI":"http://sandbox.localdomain:8080"}"#,
        buffering: String = "{}"
    ) -> String {
        #"{"schemaVersion":\#(schema),"types":\#(types),"destination":\#(destination),"buffering":\#(buffering)}"#
    }

    @Test func readsWhatClientsSend() throws {
        let subscription = try Self.parse(
            #"""
            {"schemaVersion":"2022-07-01","types":["platform","function","platform"],"future":[1],
             "buffering":{"maxItems":1000,"maxBytes":262144,"timeoutMs":25,"more":0},
             "destination":{"protocol":"HTTP","method":"POST","encoding":"JSON","URI":"http://sandbox:8999/a%20b?c=d#e"}}
            """#
        )
        var buffering = TelemetrySubscription.Buffering()
        (buffering.maxItems, buffering.maxBytes, buffering.timeoutMs) = (1000, 262_144, 25)
        #expect(
            subscription
                == TelemetrySubscription(
                    schema: .first,
                    types: [.platform, .function],
                    destination: .http(port: 8999, target: "/a%20b?c=d"),
                    buffering: buffering
                )
        )
    }

    @Test func withoutBufferingTheDefaultsAreTaken() throws {
        let subscription = try Self.parse(
            #"{"schemaVersion":"2025-01-29","types":["extension"],"destination":{"protocol":"TCP","port":9999}}"#
        )
        #expect(subscription.schema == .third)
        #expect(subscription.destination == .tcp(port: 9999))
        #expect(subscription.buffering == TelemetrySubscription.Buffering())
        #expect(try Self.parse(Self.body(buffering: "null")).buffering == subscription.buffering)
    }

    @Test(arguments: [
        ("http://sandbox.localdomain:1", TelemetrySubscription.Destination.http(port: 1, target: "/")),
        ("HTTP://Sandbox:65535/", .http(port: 65_535, target: "/")),
        ("http://localhost:80?x", .http(port: 80, target: "/?x")),
        ("http://127.0.0.1:80/x", .http(port: 80, target: "/x")),
    ])
    func theSandboxByItsNames(uri: String, expected: TelemetrySubscription.Destination) throws {
        let destination = #"{"protocol":"HTTP","URI":"\#(uri)"}"#
        #expect(try Self.parse(Self.body(destination: destination)).destination == expected)
    }

    @Test(arguments: [
        ("", "not JSON"), ("{", "not JSON"), ("[]", "object"), ("{}", "schemaVersion"),
        (body(schema: #""2021-03-18""#), "schemaVersion"), (body(schema: "2022"), "schemaVersion"),
        (body(schema: "null"), "schemaVersion"), (body(types: "null"), "types"), (body(types: "[]"), "types"),
        (body(types: #""platform""#), "types"), (body(types: #"["platform","logs"]"#), "types"),
        (body(types: "[1]"), "types"), (body(destination: "null"), "destination"),
        (body(destination: "[]"), "destination"), (body(destination: "{}"), "destination.protocol"),
        (body(destination: #"{"protocol":"http"}"#), "destination.protocol"),
        (body(destination: #"{"protocol":"HTTP"}"#), "destination.URI"),
        (body(destination: #"{"protocol":"HTTP","port":80}"#), "destination.URI"),
        (body(destination: #"{"protocol":"TCP","URI":"http://sandbox:80"}"#), "destination.port"),
        (body(destination: #"{"protocol":"TCP","port":0}"#), "destination.port"),
        (body(destination: #"{"protocol":"TCP","port":65536}"#), "destination.port"),
        (body(destination: #"{"protocol":"TCP","port":"80"}"#), "destination.port"),
        (body(buffering: "[]"), "buffering"), (body(buffering: #"{"maxItems":999}"#), "buffering.maxItems"),
        (body(buffering: #"{"maxItems":10001}"#), "buffering.maxItems"),
        (body(buffering: #"{"maxItems":1000.5}"#), "buffering.maxItems"),
        (body(buffering: #"{"maxBytes":262143}"#), "buffering.maxBytes"),
        (body(buffering: #"{"maxBytes":1048577}"#), "buffering.maxBytes"),
        (body(buffering: #"{"timeoutMs":24}"#), "buffering.timeoutMs"),
        (body(buffering: #"{"timeoutMs":30001}"#), "buffering.timeoutMs"),
        (body(buffering: #"{"timeoutMs":1e400}"#), "buffering.timeoutMs"),
    ])
    func whatIsWrongIsNamed(body: String, name: String) throws {
        let error = #expect(throws: RuntimeAPIError.self) { try Self.parse(body) }
        #expect(error?.status == 400)
        #expect(error?.errorType == "ValidationError")
        #expect(error?.errorMessage.contains(name) == true)
    }

    @Test(arguments: [
        "sandbox:80", "https://sandbox:80", "http://sandbox", "http://sandbox/", "http://sandbox:/", "http://sandbox:0",
        "http://sandbox:65536", "http://sandbox:+80", "http://:80", "http://example.org:80", "http://sandbox.evil:80",
        "http://sandbox:80@evil:90", "http://u@sandbox:80", "http://sandbox:80 /", "http://sandbox:80/\\r\\nX: y", "",
    ])
    func noOtherPlaceIsReached(uri: String) {
        let destination = #"{"protocol":"HTTP","URI":"\#(uri)"}"#
        let error = #expect(throws: RuntimeAPIError.self) { try Self.parse(Self.body(destination: destination)) }
        #expect(error?.errorMessage.contains("destination.URI") == true)
    }

    /// Whatever comes, it is read or refused, and what is read keeps the ranges.
    @Test func survivesGarbage() {
        var random = SeededGenerator(seed: 11)
        let good = Array(Self.body(buffering: #"{"maxItems":1000,"maxBytes":262144,"timeoutMs":25}"#).utf8)
        var taken = 0
        for round in 0..<4000 {
            var body = round % 2 == 0 ? RandomJSON.mutated(&random) : good
            if round % 2 == 1 {
                for _ in 0..<random.int(1..<4) { body[random.int(0..<body.count)] = UInt8(random.int(0..<256)) }
            }
            do throws(RuntimeAPIError) {
                let subscription = try TelemetrySubscription(parsing: body)
                taken += 1
                #expect(!subscription.types.isEmpty)
                #expect((1000...10_000).contains(subscription.buffering.maxItems))
                #expect((262_144...1_048_576).contains(subscription.buffering.maxBytes))
                #expect((25...30_000).contains(subscription.buffering.timeoutMs))
            } catch {
                #expect(error.status == 400)
                #expect(error.errorType == "ValidationError")
            }
        }
        #expect(taken > 0)
    }
}
