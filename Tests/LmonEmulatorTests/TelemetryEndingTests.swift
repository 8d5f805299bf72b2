import LambdaLifecycle
import LambdaWire
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonEmulator

/// Telemetry when a subscriber is slow, away, frozen, or about to end.
@Suite(.exclusive) struct TelemetryEndingTests {
    @Test func aSlowSubscriberIsToldWhatItMissed() async throws {
        try await TelemetryRig.run(limit: 1000, answers: [.silence]) { rig in
            await rig.subscribe(maxItems: 1)
            await rig.log("first")
            _ = await rig.server.posts.wait(for: 1)
            await rig.perform { hub in
                for number in 0..<100 { hub.admit(.function, at: .test, Array("\"\(number)\"".utf8)) }
            }
            await rig.perform { _ in rig.server.answerSilent() }
            await rig.flush()
            let posts = await rig.server.posts.wait(for: 3)
            #expect(posts[1].types == ["platform.logsDropped", "function"])
            let told = try #require(posts[1].elements[0]["record"])
            let records = posts.dropFirst().flatMap(\.records).filter { !$0.hasPrefix("{") }
            let missed = 100 - records.count
            #expect(missed > 50)
            #expect(records == (missed..<100).map(String.init))
            #expect(told["droppedRecords"]?.int == missed)
            let dropped = PlatformEvent.LogsDropped(records: missed, bytes: try #require(told["droppedBytes"]?.int))
            #expect(rig.lost.elements == [TelemetryRig.Lost(name: "agent", dropped: dropped)])
        }
    }

    @Test func withoutPlatformEventsTheLossIsToldToTheOwnerOnly() async throws {
        try await TelemetryRig.run(limit: 1, answers: [.silence]) { rig in
            await rig.subscribe(types: [.function], maxItems: 1)
            await rig.log("a")
            _ = await rig.server.posts.wait(for: 1)
            await rig.log("b", "c")
            await rig.perform { _ in rig.server.answerSilent() }
            #expect(await rig.server.posts.wait(for: 2).map(\.records) == [["a"], ["c"]])
            #expect(await rig.lost.wait(for: 1).map(\.dropped.records) == [1])
        }
    }

    @Test func aFlushIsOverWhenAllHasArrived() async throws {
        try await TelemetryRig.run(answers: [.status(503)]) { rig in
            await rig.subscribe("first")
            await rig.subscribe("second", types: [.function])
            await rig.log("a", "b")
            await rig.flush()
            #expect(rig.server.posts.elements.map(\.records) == [["a", "b"], ["a", "b"], ["a", "b"]])
            await rig.flush()
        }
    }

    @Test func aFlushIsOverAtItsLimit() async throws {
        try await TelemetryRig.run(answers: [.silence]) { rig in
            await rig.subscribe()
            await rig.log("a")
            await rig.flush(limit: .milliseconds(20))
            await rig.perform { $0.close() }
            #expect(rig.lost.elements.map(\.dropped.records) == [1])
            await rig.log("after the end")
            await rig.flush()
        }
    }

    /// Its server is silent since it is stopped; the answer comes after the thaw, and nothing comes twice.
    @Test func aFreezeDelaysWhatItInterrupts() async throws {
        try await TelemetryRig.run(answers: [.silence]) { rig in
            await rig.subscribe(maxItems: 1)
            await rig.log("a")
            _ = await rig.server.posts.wait(for: 1)
            await rig.perform { $0.pause() }
            await rig.log("b")
            await rig.perform { _ in rig.server.answerSilent() }
            await rig.perform { $0.resume() }
            #expect(await rig.server.posts.wait(for: 2).map(\.records) == [["a"], ["b"]])
        }
    }

    @Test func linesOverTCP() async throws {
        try await TelemetryRig.run { rig in
            let received = Collector<UInt8>()
            let listener = try await TCPListener.listen(host: "127.0.0.1", port: 0, on: rig.loop) { connection in
                connection.onBytes { for byte in $0 { received.add(byte) } }
            }
            await rig.subscribe(to: .tcp(port: listener.port), maxItems: 2)
            await rig.log("a", "b", "c", "d")
            let expected = ["a", "b", "c", "d"].map {
                #"{"time":"2026-11-23T10:00:00.123Z","type":"function","record":"\#($0)"}"# + "\n"
            }.joined()
            let bytes = await received.wait(for: expected.utf8.count)
            #expect(String(decoding: bytes, as: UTF8.self) == expected)
        }
    }

    @Test func aTCPConnectionThatEndedIsMadeAgain() async throws {
        try await TelemetryRig.run { rig in
            let received = Collector<String>()
            let closed = Collector<Void>()
            let listener = try await TCPListener.listen(host: "127.0.0.1", port: 0, on: rig.loop) { connection in
                connection.onBytes {
                    received.add(String(decoding: $0, as: UTF8.self))
                    connection.close()
                }
                connection.onClose { closed.add(()) }
            }
            await rig.subscribe(to: .tcp(port: listener.port), maxItems: 1)
            await rig.log("a")
            _ = await closed.wait(for: 1)
            // Nothing tells when this side has seen the end; what is written before that goes nowhere.
            while received.elements.count < 2 {
                await rig.log("b")
                await rig.flush()
            }
            #expect(received.elements.last?.contains(#""record":"b""#) == true)
        }
    }

    @Test func overTCPWhatNobodyListensForIsSentOnceSomebodyDoes() async throws {
        try await TelemetryRig.run { rig in
            let first = try await TCPListener.listen(host: "127.0.0.1", port: 0, on: rig.loop) { _ in }
            let port = first.port
            await first.close()
            await rig.subscribe(to: .tcp(port: port), maxItems: 1)
            await rig.log("a")
            await #expect(throws: NetworkError.self) {
                try await TCPClient.connect(host: "127.0.0.1", port: port, on: rig.loop) { _ in }
            }
            let received = Collector<String>()
            let late = try await TCPListener.listen(host: "127.0.0.1", port: port, on: rig.loop) { connection in
                connection.onBytes { received.add(String(decoding: $0, as: UTF8.self)) }
            }
            #expect(await received.wait(for: 1).first?.contains(#""record":"a""#) == true)
            await late.close()
        }
    }
}
