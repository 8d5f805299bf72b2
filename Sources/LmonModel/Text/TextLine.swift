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

    package var spans: [Span]

    package init(_ spans: [Span] = []) {
        self.spans = spans
    }

    package init(_ text: String, _ tone: Tone = .plain) {
        self.spans = [Span(text, tone)]
    }

    package mutating func append(_ text: String, _ tone: Tone = .plain) {
        self.spans.append(Span(text, tone))
    }

    /// Its characters alone.
    package var text: String { self.spans.reduce(into: "") { $0 += $1.text } }
}
