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
        case .memoryNearLimit(let used, let limit): "memory near its limit: \(used) of \(limit) MB"
        case .memoryFarBelowLimit(let used, let limit): "memory far below its limit: \(used) of \(limit) MB"
        }
    }
}
