/// The head of a request as it came.
package struct HTTPRequestHead: Sendable {
    package let method: String
    /// As sent: path and query, percent-encoded.
    package let target: String
    package let headers: HTTPHeaders
    /// The other end, as `address:port`.
    package let peer: String

    /// The target up to the question mark.
    package var path: Substring { self.target.prefix { $0 != "?" } }

    /// What follows the question mark; nil without one.
    package var query: Substring? {
        self.target.firstIndex(of: "?").map { self.target[self.target.index(after: $0)...] }
    }
}

/// How a route wants its request's body.
package enum HTTPBodyMode: Sendable {
    /// In one piece of at most so many bytes; a longer one is answered 413 before the route sees it.
    case whole(limit: Int)
    /// Piece by piece, as it comes.
    case stream
}

/// A request with its body, whole or still coming.
package struct HTTPRequest: Sendable {
    package let head: HTTPRequestHead
    /// Empty in `.stream` mode.
    package let body: [UInt8]
    /// The body's pieces in `.stream` mode.
    package let stream: HTTPBodyStream?
    /// Trailers of a whole body that was sent chunked.
    package let trailers: HTTPHeaders

    package var method: String { self.head.method }
    package var path: Substring { self.head.path }
    package var headers: HTTPHeaders { self.head.headers }
}

/// A body that arrives piece by piece. Used on the loop only.
///
/// Pieces that come before `onChunk` is set are kept. While paused nothing more is read from the peer.
package final class HTTPBodyStream: @unchecked Sendable {
    // Unchecked: every use is on the connection's loop.
    package enum End: Sendable {
        case complete(trailers: HTTPHeaders)
        /// The peer went away, or its framing broke, in the middle.
        case truncated
    }

    private var kept: [[UInt8]] = []
    private var end: End?
    private var chunkHandler: (([UInt8]) -> Void)?
    private var endHandler: ((End) -> Void)?
    private let setReading: (Bool) -> Void

    init(setReading: @escaping (Bool) -> Void) {
        self.setReading = setReading
    }

    /// Sets both handlers; `onEnd` is called once, after the last piece.
    package func read(onChunk: @escaping ([UInt8]) -> Void, onEnd: @escaping (End) -> Void) {
        self.chunkHandler = onChunk
        self.endHandler = onEnd
        let kept = self.kept
        self.kept = []
        for chunk in kept { onChunk(chunk) }
        if let end = self.end { self.finish(end) }
    }

    package func pause() { self.setReading(false) }

    package func resume() { self.setReading(true) }

    func receive(_ chunk: [UInt8]) {
        if let chunkHandler { chunkHandler(chunk) } else { self.kept.append(chunk) }
    }

    func finish(_ end: End) {
        self.end = end
        guard let endHandler else { return }
        self.endHandler = nil
        self.chunkHandler = nil
        endHandler(end)
    }
}
