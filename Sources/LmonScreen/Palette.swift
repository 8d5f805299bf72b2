/// How many colours a terminal shows.
package enum ColorDepth: CaseIterable, Hashable, Sendable {
    /// Attributes only: a terminal without colours, or `NO_COLOR`.
    case mono
    case sixteen
    case palette256
}

/// What a terminal is told for a style. `nil` is the terminal's own colour.
package struct Appearance: Hashable, Sendable {
    package var foreground: UInt8?
    package var background: UInt8?
    package var attributes: Attributes

    package init(foreground: UInt8? = nil, background: UInt8? = nil, attributes: Attributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }
}

/// Meaning → colour: the only table of colours in lmon.
///
/// Red is for what someone must look at and for nothing else. Every role that matters differs from plain text in mono
/// too, and whoever draws adds a glyph, so that colour never speaks alone.
package enum Palette {
    package static func appearance(of style: Style, depth: ColorDepth) -> Appearance {
        var look = self.base(of: style.role, depth: depth)
        look.attributes.formUnion(style.attributes.subtracting(.selected))
        guard style.attributes.contains(.selected) else { return look }
        switch depth {
        case .palette256: look.background = look.background ?? 237
        case .sixteen, .mono: look.attributes.formSymmetricDifference(.reverse)
        }
        return look
    }

    private static func base(of role: Role, depth: ColorDepth) -> Appearance {
        switch depth {
        case .palette256: self.base256(of: role)
        case .sixteen: self.base16(of: role)
        case .mono: self.baseMono(of: role)
        }
    }

    private static func base256(of role: Role) -> Appearance {
        switch role {
        case .plain: Appearance()
        case .dim: Appearance(foreground: 245)
        case .title: Appearance(attributes: .bold)
        case .failed: Appearance(foreground: 203)
        case .warning: Appearance(foreground: 214)
        case .inFlight: Appearance(foreground: 81)
        case .lambda: Appearance(foreground: 244)
        case .call: Appearance(foreground: 75)
        case .lmon: Appearance(foreground: 141)
        case .match: Appearance(foreground: 16, background: 222)
        case .key: Appearance(foreground: 110)
        case .string: Appearance(foreground: 150)
        case .number, .literal: Appearance(foreground: 180)
        }
    }

    private static func base16(of role: Role) -> Appearance {
        switch role {
        case .plain: Appearance()
        case .dim, .lambda: Appearance(foreground: 8)
        case .title: Appearance(attributes: .bold)
        case .failed: Appearance(foreground: 1, attributes: .bold)
        case .warning: Appearance(foreground: 3)
        case .inFlight: Appearance(foreground: 6)
        case .call: Appearance(foreground: 4)
        case .lmon: Appearance(foreground: 5)
        case .match: Appearance(foreground: 0, background: 3)
        case .key: Appearance(foreground: 4)
        case .string: Appearance(foreground: 2)
        case .number, .literal: Appearance(foreground: 6)
        }
    }

    private static func baseMono(of role: Role) -> Appearance {
        switch role {
        case .plain, .call, .string, .number: Appearance()
        case .dim, .lambda, .key, .literal: Appearance(attributes: .dim)
        case .title, .failed, .inFlight: Appearance(attributes: .bold)
        case .warning: Appearance(attributes: .underline)
        case .lmon: Appearance(attributes: .italic)
        case .match: Appearance(attributes: .reverse)
        }
    }
}
