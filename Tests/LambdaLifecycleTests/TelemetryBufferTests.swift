import LambdaLifecycle
import LambdaWire
import Testing

@Suite struct TelemetryBufferTests {
    @Test func aBatchGoesWhenItIsOldEnough() {
        var play = TelemetryPlaybook()
        play.on("a", .function, "timer +100")
        play.after(60)
        play.on("b")
        play.after(40)
        play.on(.timerFired, "deliver a b")
        play.on(.delivered)
    }

    @Test func aBatchGoesWhenItHasAllItsItems() {
        var play = TelemetryPlaybook()
        play.on("a", .function, "timer +100")
        play.on("b")
        play.on("c", .function, "cancel", "deliver a b c")
        play.on(.delivered)
    }

    @Test func theRecordThatReachesTheBytesEndsABatch() {
        var play = TelemetryPlaybook(maxBytes: 6)
        play.on("aaaa", .function, "timer +100")
        play.on("bbbb", .function, "cancel", "deliver aaaa bbbb")
        play.on("c")
        play.on(.delivered, "timer +100")
    }

    @Test func oneDeliveryAtATime() {
        var play = TelemetryPlaybook(maxItems: 1)
        play.on("a", .function, "deliver a")
        play.on("b")
        play.on("c")
        play.on(.delivered, "deliver b")
        play.on(.delivered, "deliver c")
        play.on(.delivered)
    }

    /// The time counts from when a record came, however long the batch before it took.
    @Test func whatCameDuringADeliveryGoesInItsTime() {
        var play = TelemetryPlaybook()
        play.on("a", .function, "timer +100")
        play.after(100)
        play.on(.timerFired, "deliver a")
        play.after(30)
        play.on("b")
        play.after(50)
        play.on(.delivered, "timer +50")
        play.after(50)
        play.on(.timerFired, "deliver b")
        play.on("c")
        play.after(100)
        play.on(.delivered, "deliver c")
    }

    @Test func afterAFailureItIsTriedAgainWithBackoff() {
        var play = TelemetryPlaybook(maxItems: 2)
        play.on("a", .function, "timer +100")
        play.on("b", .function, "cancel", "deliver a b")
        play.on("c")
        for rest in [50, 100, 200, 400, 800, 1600, 2000, 2000] {
            play.on(.failed, "timer +\(rest)")
            play.on("\(rest)")
            play.after(rest)
            play.on(.timerFired, "deliver a b")
        }
        play.on(.delivered, "deliver c 50")
        play.on(.failed, "timer +50")
    }

    @Test func aFlushDeliversAllAtOnce() {
        var play = TelemetryPlaybook(maxItems: 2)
        play.on(.flush, "flushed")
        play.on("a", .function, "timer +100")
        play.on(.flush, "cancel", "deliver a")
        play.on("b")
        play.on("c")
        play.on("d")
        play.on(.delivered, "deliver b c")
        play.on(.delivered, "deliver d")
        play.on(.delivered, "flushed")
        play.on("e", .function, "timer +100")
    }

    @Test func aFlushDoesNotWaitForABackoff() {
        var play = TelemetryPlaybook(maxItems: 1)
        play.on("a", .function, "deliver a")
        play.on(.failed, "timer +50")
        play.on(.flush, "cancel", "deliver a")
        play.on(.failed, "timer +50")
        play.on(.timerFired, "deliver a")
        play.on(.delivered, "flushed")
    }

    @Test func onlyTheTypesThatWereAskedFor() {
        var play = TelemetryPlaybook(types: [.platform, .extension], maxItems: 2)
        play.on("a", .function)
        play.on("b", .platform, "timer +100")
        play.on("c", .extension, "cancel", "deliver b c")
    }

    @Test(arguments: [(TelemetrySubscription.Schema.first, "plain"), (.second, "object"), (.third, "object")])
    func aLineThatIsAnObjectIsToldBySchema(schema: TelemetrySubscription.Schema, expected: String) {
        var play = TelemetryPlaybook(schema: schema, maxItems: 1)
        let element = TelemetryElement(.function, Array("plain".utf8), structured: Array("object".utf8))
        play.on(.element(element), "deliver \(expected)")
    }

    @Test func theOldestGoWhenThereIsNoRoom() {
        var play = TelemetryPlaybook(maxItems: 1, limit: 4)
        play.on("aa", .function, "deliver aa")
        play.on("b")
        play.on("c")
        play.on("d")
        play.on("e")
        // Now the batch that failed is the oldest.
        play.on(.failed, "timer +50")
        play.on("f")
        #expect(play.buffer.outstanding == PlatformEvent.LogsDropped(records: 6, bytes: 7))
        play.on(.timerFired, "deliver d dropped 3/4")
        play.on(.failed, "timer +100")
        play.on(.timerFired, "deliver d dropped 3/4")
        play.on(.delivered, "deliver e")
    }

    @Test func whatIsDroppedDuringADeliveryIsToldWithTheNext() {
        var play = TelemetryPlaybook(maxItems: 1, limit: 2, dropped: .init(records: 7, bytes: 70))
        play.on("a", .function, "deliver a dropped 7/70")
        play.on("b")
        play.on("cc")
        play.on(.delivered, "deliver cc dropped 1/1")
        play.on(.delivered)
        #expect(play.buffer.outstanding == .none)
    }

    @Test func aRecordLargerThanAllRoomIsDelivered() {
        var play = TelemetryPlaybook(maxItems: 1, limit: 2)
        play.on("aaaa", .function, "deliver aaaa")
        play.on("bbbb")
        play.on(.delivered, "deliver bbbb")
    }

    @Test func nothingBeginsWhileTheEnvironmentIsFrozen() {
        var play = TelemetryPlaybook(maxItems: 2)
        play.on("a", .function, "timer +100")
        play.on(.paused)
        play.after(100)
        play.on(.timerFired)
        play.on("b")
        play.on("c")
        play.on(.resumed, "deliver a b")
        play.on(.paused)
        play.on(.delivered)
        play.on(.resumed, "timer +100")
    }

    @Test func afterTheThawABackoffIsOver() {
        var play = TelemetryPlaybook(maxItems: 1)
        play.on("a", .function, "deliver a")
        play.on(.paused)
        play.on(.failed, "timer +50")
        play.on(.resumed, "cancel", "deliver a")
    }

    @Test func eventsOutOfPlaceAreIgnored() {
        var play = TelemetryPlaybook()
        for event in [TelemetryBuffer.Event.delivered, .failed, .timerFired, .resumed] { play.on(event) }
        play.on("a", .function, "timer +100")
        play.on(.delivered)
        play.on(.failed)
    }

    @Test func aHistoryLosesItsOldestPartAndCountsIt() {
        var history = TelemetryHistory(limit: 8)
        for text in ["aa", "bb", "cc", "dd"] { history.append(TelemetryElement(.function, Array(text.utf8))) }
        #expect(history.elements.count == 4 && history.dropped.isEmpty)
        history.append(TelemetryElement(.platform, Array("ee".utf8)))
        #expect(history.elements.map { String(decoding: $0.bytes, as: UTF8.self) } == ["cc", "dd", "ee"])
        #expect(history.dropped == [.function: .init(records: 2, bytes: 4)])
        history.append(TelemetryElement(.platform, Array("ffffffffff".utf8)))
        #expect(history.elements.count == 1)
    }
}
