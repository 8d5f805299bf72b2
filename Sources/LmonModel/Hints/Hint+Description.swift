extension Hint: CustomStringConvertible {
    /// One line without a full stop, as it stands under the waterfall.
    package var description: String {
        switch self.kind {
        case .sequentialCalls(let count, let saved):
            "\(count) GETs ran one after the other and could overlap (−\(Format.spacedDuration(saved)))"
        case .repeatedURL(let count, let url): "\(url) was called \(count) times"
        case .notAwaited(let count):
            count == 1
                ? "a call outlived the handler: not awaited?" : "\(count) calls outlived the handler: not awaited?"
        case .unanswered(let host, let milliseconds):
            "no answer from \(host) for \(Format.spacedDuration(milliseconds)), until the timeout"
        case .retryStorm(let attempts, let host): "\(attempts) attempts at \(host), all in this invocation"
        case .newConnections(let count, let tls, let host): "new \(tls ? "TLS" : "TCP") ×\(count) to \(host)"
        case .accessDenied(let host, let message):
            message.isEmpty ? "access denied by \(host)" : "access denied by \(host): \(message)"
        case .hostNotFound(let host): "\(host) was not found (DNS)"
        case .wrongContentType(let host, let type): "\(host) answered \(type) where JSON is expected"
        case .responseTooLarge(let bytes, let limit):
            bytes > limit
                ? "the response is too large: \(Format.bytes(bytes)), and Lambda passes on \(Format.bytes(limit))"
                : "the response is near its limit: \(Format.bytes(bytes)) of \(Format.bytes(limit))"
        case .requestTooLarge(let host, let bytes):
            "\(host) refused a request as too large" + (bytes.map { " (\(Format.bytes($0)))" } ?? "")
        case .missingVariable(let name):
            name.map { "the environment variable \($0) is missing" }
                ?? "a URL begins with undefined: is an environment variable missing?"
        case .memoryNearLimit(let used, let limit): "memory near its limit: \(used) of \(limit) MB"
        case .memoryFarBelowLimit(let used, let limit): "memory far below its limit: \(used) of \(limit) MB"
        }
    }
}
