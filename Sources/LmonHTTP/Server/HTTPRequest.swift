/// The head of a request as it came. A class since it is passed on many times, and never changed.
package final class HTTPRequestHead: Sendable {
    package let method: String
    /// As sent: path and query, percent-encoded; proxies' clients send a scheme and a host before them.
    package let target: String
    package let headers: HTTPHeaders
    /// The other end, as `address:port`.
    package let peer: String

    package init(method: String, target: String, headers: HTTPHeaders = [:], peer: String = "") {
        self.method = method
        self.target = target
        self.headers = headers
        self.peer = peer
    }

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
