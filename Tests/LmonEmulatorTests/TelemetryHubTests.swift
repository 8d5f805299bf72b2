import LambdaLifecycle
import LambdaWire
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonEmulator

/// Telemetry against a real server; nothing here waits for time, but for what arrives.
@Suite(.exclusive) struct TelemetryHubTests {
    @Test func aBatchIsAnArrayOfWhatHappenedAndThePathIsKept() async throws {
        try await TelemetryRig.run { rig in
            await rig.subscribe(to: .http(port: rig.server.port, target: "/a%20b?c=d"), maxItems: 3)
            await rig.perform { hub in
                hub.admit(.start, at: .test) { $0.object { $0.member("requestId", "r1") } }
                hub.admit(.httpRequest, at: .test, Array("{}".utf8))
                hub.admit(.environment, at: .test) { $0.object { _ in } }
            }
            await rig.log("hello \"you\"\n")
            await rig.log("from an extension", as: .extension)
            let post = try #require(await rig.server.posts.wait(for: 1).first)
            #expect(post.target == "/a%20b?c=d")
            #expect(post.contentType == "application/json")
            #expect(
                post.elements.map { String(decoding: $0.bytes, as: UTF8.self) } == [
                    #"{"time":"2026-11-23T10:00:00.123Z","type":"platform.start","record":{"requestId":"r1"}}"#,
                    #"{"time":"2026-11-23T10:00:00.123Z","type":"function","record":"hello \"you\"\n"}"#,
                    #"{"time":"2026-11-23T10:00:00.123Z","type":"extension","record":"from an extension"}"#,
                ]
            )
        }
    }

    @Test func batchesGoByItemsAndKeepTheirOrder() async throws {
        try await TelemetryRig.run { rig in
            await rig.subscribe(maxItems: 1000)
            await rig.perform { hub in
                for number in 0..<3000 { hub.admit(.function, at: .test, Array("\"\(number)\"".utf8)) }
            }
            let posts = await rig.server.posts.wait(for: 3)
            #expect(posts.map(\.elements.count) == [1000, 1000, 1000])
            #expect(posts.flatMap(\.records) == (0..<3000).map(String.init))
        }
    }

    @Test func batchesGoByBytes() async throws {
        try await TelemetryRig.run { rig in
            await rig.subscribe(maxBytes: 262_144)
            let line = String(repeating: "x", count: 100_000)
            await rig.log(line, line, line)
            #expect(await rig.server.posts.wait(for: 1).first?.elements.count == 3)
        }
    }

    @Test func batchesGoByTime() async throws {
        try await TelemetryRig.run { rig in
            await rig.subscribe(timeoutMs: 25)
            await rig.log("a", "b")
            #expect(await rig.server.posts.wait(for: 1).map(\.records) == [["a", "b"]])
            await rig.log("c")
            #expect(await rig.server.posts.wait(for: 2).map(\.records) == [["a", "b"], ["c"]])
        }
    }

    @Test func whatIsAnsweredWithAnErrorIsSentAgain() async throws {
        try await TelemetryRig.run(answers: [.status(500), .status(400), .status(302)]) { rig in
            await rig.subscribe(maxItems: 2)
            await rig.log("a", "b", "c", "d")
            let posts = await rig.server.posts.wait(for: 4)
            #expect(posts.map(\.records) == [["a", "b"], ["a", "b"], ["a", "b"], ["c", "d"]])
        }
    }

    @Test func whatNobodyListensForIsSentOnceSomebodyDoes() async throws {
        try await TelemetryRig.run { rig in
            let listener = try await TCPListener.listen(host: "127.0.0.1", port: 0, on: rig.loop) { _ in }
            let port = listener.port
            await listener.close()
            await rig.subscribe(to: .http(port: port, target: "/"), maxItems: 1)
            await rig.log("a", "b")
            // Later than the delivery's own attempt, which must have been refused as well then.
            let client = HTTPClient(loop: rig.loop)
            let error = await #expect(throws: NetworkError.self) {
                try await client.request("GET", host: "127.0.0.1", port: port, target: "/")
            }
            #expect(error?.code == .refused)
            let late = try ExtensionServer(on: rig.loop, port: port)
            #expect(await late.posts.wait(for: 2).map(\.records) == [["a"], ["b"]])
        }
    }

    @Test func aLateSubscriberGetsWhatHasHappenedSinceTheStart() async throws {
        try await TelemetryRig.run { rig in
            await rig.log("a", "b")
            await rig.log("e", as: .extension)
            await rig.subscribe("first", types: [.function], maxItems: 3)
            await rig.log("c")
            await rig.subscribe("second", types: [.function, .extension], maxItems: 5)
            await rig.log("d")
            let posts = await rig.server.posts.wait(for: 2).map(\.records)
            #expect(posts.contains(["a", "b", "c"]))
            #expect(posts.contains(["a", "b", "e", "c", "d"]))
        }
    }

    @Test func whoSubscribesTwiceIsToldOnce() async throws {
        try await TelemetryRig.run { rig in
            await rig.subscribe(maxItems: 1)
            await rig.subscribe(to: .http(port: 1, target: "/"), maxItems: 1)
            await rig.log("a", "b")
            #expect(await rig.server.posts.wait(for: 2).map(\.records) == [["a"], ["b"]])
        }
    }

    @Test func withoutSubscribersNothingIsMade() async throws {
        try await TelemetryRig.run { rig in
            let made = Collector<Void>()
            let isOn = await rig.perform { hub in
                hub.closeSubscriptions()
                hub.admit(
                    .function,
                    at: .test,
                    {
                        made.add(()); return Array("1".utf8)
                    }()
                )
                hub.admit(.start, at: .test) { _ in made.add(()) }
                return hub.isOn
            }
            #expect(!isOn)
            #expect(made.elements.isEmpty)
            await rig.flush()
            #expect(rig.server.posts.elements.isEmpty)
        }
    }

    @Test(arguments: [
        (
            TelemetrySubscription.Schema.first,
            #"{"time":"2026-11-23T10:00:00.123Z","type":"function","record":"{\"a\":\n1}"}"#
        ),
        (.second, #"{"time":"2026-11-23T10:00:00.123Z","type":"function","record":{"a":1}}"#),
    ])
    func aLineInJSONIsAnObjectForNewerSchemas(schema: TelemetrySubscription.Schema, expected: String) async throws {
        try await TelemetryRig.run { rig in
            await rig.subscribe(schema: schema, maxItems: 1)
            await rig.perform { $0.admit(.function, at: .test, Array("{\"a\":\n1}".utf8)) }
            let element = try #require(await rig.server.posts.wait(for: 1).first?.elements.first)
            #expect(String(decoding: element.bytes, as: UTF8.self) == expected)
        }
    }
}

@Suite struct LoopbackAddressTests {
    @Test func whoIsNotThereIsSoughtAtTheOther() {
        var named = LoopbackAddresses("127.77.1.2", isNamed: true)
        var plain = LoopbackAddresses("127.77.1.2", isNamed: false)
        var only = LoopbackAddresses("127.0.0.1", isNamed: true)
        var seen: [[String]] = []
        for _ in 1...3 {
            seen.append([named.current, plain.current, only.current])
            named.tryNext()
            plain.tryNext()
            only.tryNext()
        }
        let (own, common) = ("127.77.1.2", "127.0.0.1")
        #expect(seen == [[own, common, common], [common, own, common], [own, common, common]])
    }
}
