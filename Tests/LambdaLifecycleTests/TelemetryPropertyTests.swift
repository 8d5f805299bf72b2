import LambdaLifecycle
import LambdaWire
import LmonTestSupport
import Testing

/// Random lives of a buffer: every record arrives once and in order, or is counted as dropped.
@Suite struct TelemetryPropertyTests {
    private struct Life {
        var buffer: TelemetryBuffer
        var now = EpochTime(microseconds: 1_000_000_000_000)
        var random: SeededGenerator
        var admitted: [Int: Int] = [:]
        var delivered: [Int] = []
        var dropped = PlatformEvent.LogsDropped.none
        var underWay: TelemetryBuffer.Batch?
        var timer: EpochTime?
        var flushes = 0
        var isPaused = false
        let subscription: TelemetrySubscription

        init(seed: UInt64) {
            self.random = SeededGenerator(seed: seed)
            var buffering = TelemetrySubscription.Buffering()
            buffering.maxItems = self.random.int(1..<6)
            buffering.maxBytes = self.random.int(5..<60)
            buffering.timeoutMs = 100
            self.subscription = TelemetrySubscription(
                types: [.function, .platform],
                destination: .tcp(port: 1),
                buffering: buffering
            )
            self.buffer = TelemetryBuffer(self.subscription, limit: self.random.int(40..<200))
        }

        mutating func step() {
            switch self.random.int(0..<100) {
            case ..<60:
                let number = self.admitted.count
                let text = "\(number)" + String(repeating: ".", count: self.random.int(0..<20))
                let kind = self.random.pick(TelemetrySubscription.Kind.allCases)
                if kind != .extension { self.admitted[number] = text.utf8.count }
                self.handle(.element(TelemetryElement(kind, Array(text.utf8))))
            case ..<85: self.answer(self.random.chance(60))
            case ..<92:
                self.now = self.now.adding(milliseconds: self.random.int(0..<300))
                self.fire()
            case ..<95: self.handle(.flush)
            case ..<98: self.handle(self.isPaused ? .resumed : .paused)
            // Out of place, or not.
            default: self.handle(.timerFired)
            }
        }

        mutating func answer(_ hasArrived: Bool) {
            guard let batch = self.underWay else { return }
            self.underWay = nil
            if hasArrived {
                self.delivered += batch.elements.map {
                    Int(String(decoding: $0, as: UTF8.self).prefix { $0 != "." }) ?? -1
                }
                self.dropped = PlatformEvent.LogsDropped(
                    records: self.dropped.records + batch.dropped.records,
                    bytes: self.dropped.bytes + batch.dropped.bytes
                )
            }
            self.handle(hasArrived ? .delivered : .failed)
        }

        mutating func fire() {
            guard let timer, timer <= self.now else { return }
            self.timer = nil
            self.handle(.timerFired)
        }

        mutating func handle(_ event: TelemetryBuffer.Event) {
            if event == .timerFired { self.timer = nil }
            if event == .paused { self.isPaused = true }
            if event == .resumed || event == .flush { self.isPaused = false }
            for action in self.buffer.handle(event, at: self.now) {
                switch action {
                case .deliver(let batch):
                    #expect(self.underWay == nil, "two at a time")
                    #expect(!self.isPaused)
                    self.check(batch)
                    self.underWay = batch
                case .setTimer(let time): self.timer = time
                case .cancelTimer: self.timer = nil
                case .flushed: self.flushes += 1
                }
            }
        }

        private func check(_ batch: TelemetryBuffer.Batch) {
            let buffering = self.subscription.buffering
            #expect((1...buffering.maxItems).contains(batch.elements.count))
            #expect(batch.elements.dropLast().reduce(0) { $0 + $1.count } < buffering.maxBytes)
        }

        /// Everything that is left goes out.
        mutating func end() {
            let before = self.flushes
            self.handle(.flush)
            while self.underWay != nil { self.answer(true) }
            #expect(self.flushes == before + 1)
        }
    }

    @Test(arguments: [UInt64](1...60))
    func nothingIsLostOrDoubledButWhatIsCounted(seed: UInt64) {
        var life = Life(seed: seed)
        for _ in 0..<800 { life.step() }
        life.end()
        #expect(life.buffer.outstanding == .none)
        #expect(zip(life.delivered, life.delivered.dropFirst()).allSatisfy { $0 < $1 })
        #expect(life.delivered.allSatisfy { life.admitted[$0] != nil })
        let arrived = life.delivered.reduce(0) { $0 + (life.admitted[$1] ?? 0) }
        #expect(life.delivered.count + life.dropped.records == life.admitted.count)
        #expect(arrived + life.dropped.bytes == life.admitted.values.reduce(0, +))
    }
}
