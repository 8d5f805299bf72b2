/// The phases and calls of an invocation on one axis of milliseconds from its start.
package struct Waterfall: Hashable, Sendable {
    package var rows: [WaterfallRow]
    /// Begins below 0 if the initialisation is on the axis.
    package var range: ClosedRange<Double>

    package init(rows: [WaterfallRow], range: ClosedRange<Double>) {
        self.rows = rows
        self.range = range
    }
}

package struct WaterfallRow: Hashable, Sendable, Identifiable {
    package enum ID: Hashable, Sendable {
        case initialization
        case handler
        case call(String)
        case response
        case extensionOverhead
        case runtimeOverhead
    }

    package enum Emphasis: Hashable, Sendable {
        case plain, failed, warning, inFlight
    }

    package struct Segment: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            case dns, connect, tls
            /// Sent, no answer yet.
            case waiting
            case transfer
        }

        package let kind: Kind
        package let start: Double
        package let end: Double

        package init(kind: Kind, start: Double, end: Double) {
            self.kind = kind
            self.start = start
            self.end = end
        }
    }

    package let id: ID
    /// `GET`, `init`, `handler`.
    package var label: String
    /// `200`, `ECONNRESET`, empty.
    package var status: String
    /// `api.test/users/4`, `31 B`, empty.
    package var detail: String
    /// Milliseconds from the invocation's start; nil if it has no place on the axis.
    package var start: Double?
    /// Nil while in flight.
    package var end: Double?
    /// Milliseconds; may be known where the place is not.
    package var duration: Double?
    /// Parts of a call, in order, without gaps; empty if they were not observed.
    package var segments: [Segment]
    package var emphasis: Emphasis
    /// Which attempt of a call it is, where that is known.
    package var attempt: Int?
    /// It went on after the invocation had ended.
    package var isLate = false
    /// How many calls of one kind this row stands for.
    package var count = 1

    package init(id: ID, label: String) {
        self.id = id
        self.label = label
        self.status = ""
        self.detail = ""
        self.segments = []
        self.emphasis = .plain
    }
}
