package import LmonRecord

/// A row of the list that is no invocation: what Lambda, or lmon itself, did.
package struct LifecycleEvent: Hashable, Sendable, Identifiable {
    package enum Kind: Hashable, Sendable {
        case initialization
        case shutdown
        case delivery
        case dropped
        case interceptor
        case `extension`
        /// A type that this lmon does not know.
        case unknown
    }

    package enum Emphasis: Hashable, Sendable {
        case plain
        /// Someone must look.
        case failed
        case warning
        /// Done by lmon, not by Lambda.
        case lmon
    }

    package let id: RowID
    package var kind: Kind
    package var environment: String
    package var function: String
    package var time: Timestamp
    /// `env a3`, `init 327ms`, `node22`, `interceptor 6ms`, `agent ready`: joined by rules on the screen.
    package var parts: [String]
    package var emphasis: Emphasis
    /// What opens under it: the calls and log lines of an initialisation.
    package var detail: InvocationID?

    package init(
        id: RowID,
        kind: Kind,
        environment: String,
        function: String,
        time: Timestamp,
        parts: [String],
        emphasis: Emphasis = .plain,
        detail: InvocationID? = nil
    ) {
        self.id = id
        self.kind = kind
        self.environment = environment
        self.function = function
        self.time = time
        self.parts = parts
        self.emphasis = emphasis
        self.detail = detail
    }
}
