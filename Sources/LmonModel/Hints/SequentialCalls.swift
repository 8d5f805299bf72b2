import LmonRecord

extension Hint {
    /// Less than this is not worth a change of code.
    private static let worthwhile = 5.0

    /// GETs that ran strictly one after the other, all answered well, none built from an answer before it.
    static func sequentialCalls(_ invocation: Invocation) -> [Hint] {
        let given = (invocation.event?.text ?? "")
        var hints: [Hint] = []
        var run: [Call] = []
        func close() {
            defer { run = [] }
            let durations = run.compactMap(\.duration)
            let saved = durations.reduce(0, +) - (durations.max() ?? 0)
            guard run.count >= 2, saved >= self.worthwhile else { return }
            hints.append(Hint(.sequentialCalls(count: run.count, savedMilliseconds: saved), calls: run.map(\.id)))
        }
        for call in invocation.calls {
            guard call.isIndependentRead else {
                // Something else in between may be what the next one waits for.
                close()
                continue
            }
            if !run.allSatisfy({ $0.precedes(call) && !call.isBuilt(from: $0, given: given) }) { close() }
            run.append(call)
        }
        close()
        return hints
    }
}

extension Call {
    fileprivate var isIndependentRead: Bool {
        self.method == "GET" && self.isAnswered && self.duration != nil && self.start != nil && !self.isLate
            && self.url != nil
    }

    /// This ended before `other`, another request, began.
    fileprivate func precedes(_ other: Call) -> Bool {
        guard let start, let duration, let next = other.start, self.url != other.url else { return false }
        return next >= start.adding(milliseconds: duration)
    }

    /// Whether this request holds something that only the answer of `other` could have told.
    fileprivate func isBuilt(from other: Call, given: String) -> Bool {
        guard let url = self.url, let known = other.url?.text else { return false }
        // An answer that was not kept in full may have told anything: a cookie, a token, an id.
        guard let body = other.responseBody?.text, other.responseBody?.isTruncated == false else {
            return self.tellingParts(of: url).contains { !known.contains($0) && !given.contains($0) }
        }
        return self.tellingParts(of: url).contains { part in
            body.contains(part) && !known.contains(part) && !given.contains(part)
        }
    }

    /// The parts of path and query that look like names of things: with a digit, or long.
    private func tellingParts(of url: URLText) -> [Substring] {
        let text = url.path + url.query
        return text.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }.filter { part in
            part.utf8.count >= 12 || part.utf8.contains { (48...57).contains($0) }
        }
    }
}
