/// What a piece of text means. The colours that show it are chosen in one place, `Palette`.
package enum Role: UInt8, CaseIterable, Hashable, Sendable {
    case plain
    /// Secondary text: rulers, labels, times.
    case dim
    /// The name of what is looked at.
    case title
    /// Someone must look: failed, timed out, 5xx, crashed. The only red.
    case failed
    /// 4xx, a retry, slow, a cold start, late.
    case warning
    case inFlight
    /// Lambda itself: init, freeze, shutdown.
    case lambda
    /// An HTTP call that the function makes.
    case call
    /// lmon itself: its agent, its interceptor, its deliveries.
    case lmon
    /// A search match.
    case match
    /// The parts of JSON: a member's name, a string, a number, `true` and the like.
    case key
    case string
    case number
    case literal
}

/// Emphasis that is added to a role.
package struct Attributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let bold = Attributes(rawValue: 1)
    package static let dim = Attributes(rawValue: 2)
    package static let italic = Attributes(rawValue: 4)
    package static let underline = Attributes(rawValue: 8)
    package static let reverse = Attributes(rawValue: 16)
    /// The row that the keys act on.
    package static let selected = Attributes(rawValue: 32)
}

/// How a cell looks, by meaning. Two bytes.
package struct Style: Hashable, Sendable {
    package var role: Role
    package var attributes: Attributes

    package init(_ role: Role, _ attributes: Attributes = []) {
        self.role = role
        self.attributes = attributes
    }

    package static let plain = Style(.plain)
    package static let dim = Style(.dim)
    package static let title = Style(.title)
    package static let failed = Style(.failed)
    package static let warning = Style(.warning)
    package static let inFlight = Style(.inFlight)
    package static let lambda = Style(.lambda)
    package static let call = Style(.call)
    package static let lmon = Style(.lmon)
    package static let match = Style(.match)

    package func adding(_ attributes: Attributes) -> Style {
        Style(self.role, self.attributes.union(attributes))
    }
}

extension Style: CustomStringConvertible {
    private static let names: [(Attributes, String)] = [
        (.bold, "bold"), (.dim, "dim"), (.italic, "italic"), (.underline, "underline"), (.reverse, "reverse"),
        (.selected, "selected"),
    ]

    /// `failed+bold+selected`: the form that golden screens show.
    package var description: String {
        let set = Self.names.filter { self.attributes.contains($0.0) }.map(\.1)
        return (["\(self.role)"] + set).joined(separator: "+")
    }

    /// The style that has this description.
    init?(description: Substring) {
        var parts = description.split(separator: "+")[...]
        guard let first = parts.popFirst(), let role = Role.allCases.first(where: { "\($0)" == first }) else {
            return nil
        }
        self.init(role)
        for part in parts {
            guard let attribute = Self.names.first(where: { $0.1 == part })?.0 else { return nil }
            self.attributes.insert(attribute)
        }
    }
}
