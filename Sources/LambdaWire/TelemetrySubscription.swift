/// What an extension asks the Telemetry API for (2022-07-01): which records it wants, where, and in which batches.
package struct TelemetrySubscription: Hashable, Sendable {
    package enum Schema: String, Hashable, Sendable, CaseIterable {
        case first = "2022-07-01"
        case second = "2022-12-13"
        case third = "2025-01-29"

        /// Whether a log line that is a JSON object is told as one; it is a string otherwise.
        package var hasStructuredLogs: Bool { self != .first }
    }

    /// The streams that can be asked for.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case platform, function
        case `extension`
    }

    /// Always in the environment itself, whichever of its names for that the extension used.
    package enum Destination: Hashable, Sendable {
        /// `target` is path and query as they were written; at least `/`.
        case http(port: Int, target: String)
        case tcp(port: Int)
    }

    /// A batch goes out as soon as one of these is reached.
    package struct Buffering: Hashable, Sendable {
        package var maxItems = 10_000
        package var maxBytes = 262_144
        /// Since the batch's first record.
        package var timeoutMs = 1000

        package init() {}
    }

    package var schema: Schema
    /// Each once, in the order in which they were named.
    package var types: [Kind]
    package var destination: Destination
    package var buffering: Buffering
    /// The destination is `localhost` or 127.0.0.1, and not the sandbox by its name.
    package var namesLoopback = false

    package init(
        schema: Schema = .second,
        types: [Kind],
        destination: Destination,
        buffering: Buffering = Buffering()
    ) {
        self.schema = schema
        self.types = types
        self.destination = destination
        self.buffering = buffering
    }
}
