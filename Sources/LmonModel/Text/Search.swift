/// Words that must all be found, anywhere, in any order.
///
/// `error` also matches what failed, `cold` what was cold, without the word being there.
package struct Search: Hashable, Sendable {
    package let text: String
    private let words: [Word]

    private struct Word: Hashable, Sendable {
        let pattern: TextPattern
        let meansFailed: Bool
        let meansCold: Bool
    }

    package init(_ text: String) {
        self.text = text
        self.words = text.split(whereSeparator: \.isWhitespace).map { word in
            Word(pattern: TextPattern(word), meansFailed: word == "error", meansCold: word == "cold")
        }
    }

    package var isEmpty: Bool { self.words.isEmpty }
    var patterns: [TextPattern] { self.words.map(\.pattern) }
    /// A word that says more than that it is there.
    var hasMeaning: Bool { self.words.contains { $0.meansFailed || $0.meansCold } }

    package func matches(_ summary: InvocationSummary) -> Bool {
        self.words.allSatisfy { Self.found($0, in: summary) }
    }

    /// The same with all that is known of it: URLs, bodies, log lines.
    package func matches(_ invocation: Invocation) -> Bool {
        let summary = InvocationSummary(invocation)
        return self.words.allSatisfy {
            Self.found($0, in: summary) || $0.pattern.isFound(inDetailOf: invocation)
        }
    }

    package func matches(_ event: LifecycleEvent) -> Bool {
        self.words.allSatisfy { word in
            (word.meansFailed && event.emphasis == .failed) || word.pattern.isFound(in: event)
        }
    }

    package func matches(_ row: ListRow) -> Bool {
        switch row {
        case .invocation(let summary): self.matches(summary)
        case .lifecycle(let event): self.matches(event)
        }
    }

    package func matches(_ row: CallRow) -> Bool {
        self.words.allSatisfy { word in
            (word.meansFailed && row.call.isFailed) || word.pattern.isFound(in: row.function)
                || word.pattern.isFound(in: row.call)
        }
    }

    package func matches(_ row: LogRow) -> Bool {
        self.words.allSatisfy { word in
            (word.meansFailed && (row.line.level ?? .info) >= .error) || word.pattern.isFound(in: row.function)
                || word.pattern.isFound(in: row.line)
        }
    }

    package func matches(_ environment: EnvironmentStatus) -> Bool {
        let texts = [
            environment.id, environment.function, environment.runtime, environment.handler, environment.version,
            environment.region, environment.account, environment.agentVersion, environment.interceptor,
        ]
        .compactMap(\.self)
        return self.words.allSatisfy { word in
            (word.meansFailed && environment.isFailed) || texts.contains { word.pattern.isFound(in: $0) }
        }
    }

    private static func found(_ word: Word, in summary: InvocationSummary) -> Bool {
        if word.meansFailed, summary.isFailed { return true }
        if word.meansCold, summary.isCold == true { return true }
        return word.pattern.isFound(in: summary)
    }
}
