import LambdaLifecycle
import LambdaWire
import Testing

/// A script of what happens to a buffer and what it must ask for, in short words.
struct TelemetryPlaybook {
    private(set) var buffer: TelemetryBuffer
    private(set) var now = EpochTime(microseconds: 1_000_000_000_000)

    /// Limits that tests can reach; those of the API are larger.
    init(
        types: [TelemetrySubscription.Kind] = [.platform, .function, .extension],
        schema: TelemetrySubscription.Schema = .second,
        maxItems: Int = 3,
        maxBytes: Int = 1000,
        limit: Int = 10_000,
        dropped: PlatformEvent.LogsDropped = .none
    ) {
        var buffering = TelemetrySubscription.Buffering()
        (buffering.maxItems, buffering.maxBytes, buffering.timeoutMs) = (maxItems, maxBytes, 100)
        let subscription = TelemetrySubscription(
            schema: schema,
            types: types,
            destination: .tcp(port: 1),
            buffering: buffering
        )
        self.buffer = TelemetryBuffer(subscription, limit: limit, dropped: dropped)
    }

    mutating func after(_ milliseconds: Int) { self.now = self.now.adding(milliseconds: milliseconds) }

    /// A record comes, and exactly `expected` must follow.
    mutating func on(
        _ text: String,
        _ kind: TelemetrySubscription.Kind = .function,
        _ expected: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        self.check(.element(TelemetryElement(kind, Array(text.utf8))), expected, sourceLocation)
    }

    mutating func on(
        _ event: TelemetryBuffer.Event,
        _ expected: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        self.check(event, expected, sourceLocation)
    }

    private mutating func check(
        _ event: TelemetryBuffer.Event,
        _ expected: [String],
        _ sourceLocation: SourceLocation
    ) {
        let actual = self.buffer.handle(event, at: self.now).map { self.describe($0) }
        #expect(actual == expected, "on \(event)", sourceLocation: sourceLocation)
    }

    private func describe(_ action: TelemetryBuffer.Action) -> String {
        switch action {
        case .deliver(let batch):
            "deliver " + batch.elements.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
                + (batch.dropped == .none ? "" : " dropped \(batch.dropped.records)/\(batch.dropped.bytes)")
        case .setTimer(let time): "timer +\((time.microseconds - self.now.microseconds) / 1000)"
        case .cancelTimer: "cancel"
        case .flushed: "flushed"
        }
    }
}
