/// Who may do what: agents send, viewers read. Each kind has its own tokens; several of a kind let one be replaced while the
/// other is still in use.
package struct CollectorTokens: Sendable {
    package enum Role: Hashable, Sendable {
        case agent, viewer
    }

    package enum Verdict: Hashable, Sendable {
        case allowed
        /// No token, or none that is known.
        case unknown
        /// A token of the other kind.
        case otherRole
    }

    private let agents: [[UInt8]]
    private let viewers: [[UInt8]]

    package struct Unusable: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// Tokens as they are given: one a line or separated by spaces; what follows `#` at a line's beginning is a remark.
    package init(agents: String, viewers: String) throws(Unusable) {
        self.agents = try Self.tokens(agents, "agents")
        self.viewers = try Self.tokens(viewers, "viewers")
        guard self.agents.allSatisfy({ !self.viewers.contains($0) }) else {
            throw Unusable(description: "a token is both an agent's and a viewer's: each kind needs its own")
        }
    }

    private static func tokens(_ text: String, _ what: String) throws(Unusable) -> [[UInt8]] {
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
        let words = lines.flatMap { $0.split(whereSeparator: \.isWhitespace) }
        guard !words.isEmpty else { throw Unusable(description: "there is no token for \(what)") }
        for word in words {
            guard word.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
                throw Unusable(description: "a token for \(what) has characters that HTTP does not carry")
            }
            guard word.utf8.count >= Self.shortest else {
                throw Unusable(
                    description:
                        "a token for \(what) has less than \(Self.shortest) characters; openssl rand -hex 16 makes one"
                )
            }
        }
        return words.map { Array($0.utf8) }
    }

    /// Whoever may try does so as often as the line allows.
    package static let shortest = 16

    /// `authorization` is the request's field, `Bearer TOKEN`. Takes as long for every token of the same length.
    package func verdict(_ authorization: String?, for role: Role) -> Verdict {
        guard let token = Self.bearer(authorization) else { return .unknown }
        let (own, other) = role == .agent ? (self.agents, self.viewers) : (self.viewers, self.agents)
        let (isOwn, isOther) = (Self.contains(own, token), Self.contains(other, token))
        return isOwn ? .allowed : isOther ? .otherRole : .unknown
    }

    private static func bearer(_ field: String?) -> [UInt8]? {
        guard let field, let space = field.firstIndex(of: " "), field[..<space].lowercased() == "bearer" else {
            return nil
        }
        let token = field[space...].drop { $0 == " " }
        return token.isEmpty ? nil : Array(token.utf8)
    }

    /// Looks at every byte of every token, so that time does not tell how much of a guess is right.
    private static func contains(_ tokens: [[UInt8]], _ guess: [UInt8]) -> Bool {
        var isFound = false
        for token in tokens {
            var difference = UInt8(token.count == guess.count ? 0 : 1)
            for index in guess.indices { difference |= guess[index] ^ token[index % token.count] }
            isFound = (difference == 0) || isFound
        }
        return isFound
    }
}
