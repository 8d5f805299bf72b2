/// A line of text in pieces that say what they mean; the terminal or the printer chooses the colours.
///
/// Unless its maker says otherwise, the text may come from a function: whoever draws or prints it sanitises it.
package struct TextLine: Hashable, Sendable {
    package enum Tone: Hashable, Sendable {
        case plain
        case dim
        case title
        case failed
        case warning
        case inFlight
        case lambda
        case call
        case lmon
        /// A JSON member's name.
        case key
        case string
        case number
        /// `true`, `false`, `null`.
        case literal
    }

    package struct Span: Hashable, Sendable {
        package let text: String
        package let tone: Tone

        package init(_ text: String, _ tone: Tone = .plain) {
            self.text = text
            self.tone = tone
        }
    }

    /// An object or array that begins in a line, and the lines below it that can be folded into that line.
    package struct Fold: Hashable, Sendable {
        /// Where it begins in its text: no other of the text has it, also where names are there twice.
        package let id: Int
        /// How many lines below belong to it, the one that closes it included.
        package internal(set) var below: Int
        package internal(set) var members: Int
        package let isArray: Bool
    }

    package var spans: [Span]
    /// Nil where nothing begins that goes on below.
    package internal(set) var fold: Fold?

    package init(_ spans: [Span] = []) {
        self.spans = spans
    }

    package init(_ text: String, _ tone: Tone = .plain) {
        self.spans = [Span(text, tone)]
    }

    package mutating func append(_ text: String, _ tone: Tone = .plain) {
        self.spans.append(Span(text, tone))
    }

    /// The line with all that is below it folded in: `"items": […] 40 items`.
    package func folded(ellipsis: String) -> TextLine {
        guard let fold else { return self }
        var line = self
        line.append(ellipsis, .dim)
        line.append(fold.isArray ? "]" : "}")
        let noun = fold.isArray ? "item" : "member"
        line.append(" \(fold.members) \(noun)\(fold.members == 1 ? "" : "s")", .dim)
        return line
    }

    /// Its characters alone.
    package var text: String { self.spans.reduce(into: "") { $0 += $1.text } }
}
