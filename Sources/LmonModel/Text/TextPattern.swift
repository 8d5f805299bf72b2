/// Text to be found in other text, or what a regular expression describes. Smart case: text in lower case matches either
/// case (of ASCII letters), else exactly.
package struct TextPattern: Hashable, Sendable {
    /// In lower case where case does not count; empty for a regular expression.
    var bytes: [UInt8] { self.pattern.bytes }
    var ignoresCase: Bool { self.pattern.ignoresCase }
    let regex: TextRegex?
    private let pattern: BytePattern

    package init(_ text: some StringProtocol) {
        self.init(bytes: Array(text.utf8), ignoresCase: !text.contains { $0.isUppercase })
    }

    package init(_ regex: TextRegex) {
        self.pattern = BytePattern([], ignoresCase: regex.ignoresCase)
        self.regex = regex
    }

    init(bytes: [UInt8], ignoresCase: Bool) {
        self.pattern = BytePattern(bytes, ignoresCase: ignoresCase)
        self.regex = nil
    }

    package func isFound(in text: some StringProtocol) -> Bool {
        var text = String(text)
        return text.withUTF8 { self.isFound(in: $0) }
    }

    package func isFound(in bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { self.isFound(in: $0) }
    }

    /// Whether it is all of `text`.
    package func isAll(of text: some StringProtocol) -> Bool {
        text.utf8.count == self.bytes.count && zip(text.utf8, self.bytes).allSatisfy { self.equal($0, $1) }
    }

    private func isFound(in text: UnsafeBufferPointer<UInt8>) -> Bool {
        if let regex { return regex.isFound(in: text) }
        guard !self.bytes.isEmpty else { return true }
        guard let start = text.baseAddress, text.count >= self.bytes.count else { return false }
        return self.pattern.find(in: start, text.count) != nil
    }

    /// `wanted` is in lower case where case does not count.
    private func equal(_ byte: UInt8, _ wanted: UInt8) -> Bool {
        byte == wanted || (self.ignoresCase && (65...90).contains(byte) && byte | 0x20 == wanted)
    }
}

// MARK: Places

extension TextPattern {
    func isFound(in text: String?) -> Bool { text.map { self.isFound(in: $0) } ?? false }

    func isFound(in summary: InvocationSummary) -> Bool {
        self.isFound(in: summary.function) || self.isFound(in: summary.requestID) || self.isFound(in: summary.note)
            || self.isFound(in: summary.environment)
    }

    /// In what a summary does not hold.
    func isFound(inDetailOf invocation: Invocation) -> Bool {
        self.isFound(in: invocation.errorType) || self.isFound(in: invocation.errorMessage)
            || self.isFound(in: invocation.event?.text) || self.isFound(in: invocation.result?.text)
            || invocation.calls.contains { self.isFound(in: $0) }
            || invocation.logs.contains { self.isFound(in: $0) }
            || invocation.unknown.contains { self.isFound(in: $0.type) }
    }

    func isFound(in call: Call) -> Bool {
        self.isFound(in: call.url?.text) || self.isFound(in: call.method)
            || self.isFound(in: call.status.map(String.init))
            || self.isFound(in: call.error?.code) || self.isFound(in: call.error?.message)
            || self.isFound(in: call.requestBody?.text) || self.isFound(in: call.responseBody?.text)
            || [call.requestHeaders, call.responseHeaders].contains { headers in
                headers?.contains { self.isFound(in: $0.name) || self.isFound(in: $0.value) } ?? false
            }
    }

    func isFound(in line: LogLine) -> Bool {
        self.isFound(in: line.text) || self.isFound(in: line.json) || self.isFound(in: line.level?.description)
    }

    func isFound(in event: LifecycleEvent) -> Bool {
        self.isFound(in: event.function) || event.parts.contains { self.isFound(in: $0) }
    }
}
