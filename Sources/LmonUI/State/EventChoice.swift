package import LmonModel

/// An event that can be sent, and where it comes from.
package struct EventChoice: Hashable, Sendable {
    package enum Origin: Hashable, Sendable {
        /// Typed by hand.
        case typed
        /// Sent from the dialog before.
        case sent
        /// What an invocation got.
        case invocation(InvocationID)
        /// A file beside the function: `events/order.json`.
        case file(String)
        case sample(String)

        package var title: String {
            switch self {
            case .typed: "typed"
            case .sent: "sent before"
            case .invocation(let id): "of \(id.short)"
            case .file(let name): name
            case .sample(let name): "sample:\(name)"
            }
        }
    }

    package let origin: Origin
    package let text: String
    /// What it lacks of the event that came: values that were redacted, or its end.
    package let flaw: String?

    package init(_ origin: Origin, _ text: String, flaw: String? = nil) {
        self.origin = origin
        self.text = text
        self.flaw = flaw
    }
}

/// The event of an invocation, to be sent again after a look.
package struct EventDraft: Hashable, Sendable {
    package let function: String
    package let choice: EventChoice

    package init(function: String, choice: EventChoice) {
        self.function = function
        self.choice = choice
    }
}

/// What a text was given to the user's editor for.
package enum EditPurpose: Hashable, Sendable {
    /// The event in the dialog of `i`.
    case event
}
