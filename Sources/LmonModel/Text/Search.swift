/// Words that must all be found, anywhere, in any order.
///
/// Smart case: a word in lower case matches either case (of ASCII letters), another exactly. `error` also matches what
/// failed, `cold` what was cold, without the word being there.
package struct Search: Hashable, Sendable {
    package let text: String
    private let words: [Word]

    private struct Word: Hashable, Sendable {
        let bytes: [UInt8]
        let ignoresCase: Bool
        let meansFailed: Bool
        let meansCold: Bool
    }

    package init(_ text: String) {
        self.text = text
        self.words = text.split(whereSeparator: \.isWhitespace).map { word in
            Word(
                bytes: Array(word.utf8),
                ignoresCase: !word.contains { $0.isUppercase },
                meansFailed: word == "error",
                meansCold: word == "cold"
            )
        }
    }

    package var isEmpty: Bool { self.words.isEmpty }

    package func matches(_ summary: InvocationSummary) -> Bool {
        self.words.allSatisfy { self.found($0, in: summary) }
    }

    /// The same with all that is known of it: URLs, bodies, log lines.
    package func matches(_ invocation: Invocation) -> Bool {
        let summary = InvocationSummary(invocation)
        return self.words.allSatisfy { self.found($0, in: summary) || self.found($0, in: invocation) }
    }

    package func matches(_ event: LifecycleEvent) -> Bool {
        self.words.allSatisfy { word in
            (word.meansFailed && event.emphasis == .failed) || self.found(word, in: event.function)
                || event.parts.contains { self.found(word, in: $0) }
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
            (word.meansFailed && row.call.isFailed) || self.found(word, in: row.function)
                || self.found(word, in: row.call)
        }
    }

    package func matches(_ row: LogRow) -> Bool {
        self.words.allSatisfy { word in
            (word.meansFailed && (row.line.level ?? .info) >= .error) || self.found(word, in: row.function)
                || self.found(word, in: row.line)
        }
    }

    // MARK: Places

    private func found(_ word: Word, in summary: InvocationSummary) -> Bool {
        if word.meansFailed, summary.isFailed { return true }
        if word.meansCold, summary.isCold == true { return true }
        return self.found(word, in: summary.function) || self.found(word, in: summary.requestID ?? "")
            || self.found(word, in: summary.note ?? "") || self.found(word, in: summary.environment)
    }

    private func found(_ word: Word, in invocation: Invocation) -> Bool {
        self.found(word, in: invocation.errorType ?? "") || self.found(word, in: invocation.errorMessage ?? "")
            || self.found(word, in: invocation.event) || self.found(word, in: invocation.result)
            || invocation.calls.contains { self.found(word, in: $0) }
            || invocation.logs.contains { self.found(word, in: $0) }
            || invocation.unknown.contains { self.found(word, in: $0.type) }
    }

    private func found(_ word: Word, in call: Call) -> Bool {
        self.found(word, in: call.url?.text ?? "") || self.found(word, in: call.method ?? "")
            || self.found(word, in: call.status.map(String.init) ?? "")
            || self.found(word, in: call.error?.code ?? "") || self.found(word, in: call.error?.message ?? "")
            || self.found(word, in: call.requestBody) || self.found(word, in: call.responseBody)
            || [call.requestHeaders, call.responseHeaders].contains { headers in
                headers?.contains { self.found(word, in: $0.name) || self.found(word, in: $0.value) } ?? false
            }
    }

    private func found(_ word: Word, in line: LogLine) -> Bool {
        self.found(word, in: line.text) || self.found(word, in: line.json ?? "")
            || self.found(word, in: line.level?.description ?? "")
    }

    private func found(_ word: Word, in body: Body?) -> Bool { self.found(word, in: body?.text ?? "") }

    private func found(_ word: Word, in text: String) -> Bool {
        var text = text
        return text.withUTF8 { Self.contains($0, word) }
    }

    private static func contains(_ text: UnsafeBufferPointer<UInt8>, _ word: Word) -> Bool {
        guard let first = word.bytes.first else { return true }
        guard text.count >= word.bytes.count else { return false }
        for start in 0...(text.count - word.bytes.count) where self.equal(text[start], first, word.ignoresCase) {
            var index = 1
            while index < word.bytes.count, self.equal(text[start + index], word.bytes[index], word.ignoresCase) {
                index += 1
            }
            if index == word.bytes.count { return true }
        }
        return false
    }

    /// `wanted` is in lower case where case does not count.
    private static func equal(_ byte: UInt8, _ wanted: UInt8, _ ignoresCase: Bool) -> Bool {
        byte == wanted || (ignoresCase && (65...90).contains(byte) && byte | 0x20 == wanted)
    }
}
