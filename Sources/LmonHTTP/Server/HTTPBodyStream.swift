/// A body that arrives piece by piece. Used on the loop only.
///
/// Nothing is read from the peer before `read` is called, nor while the stream is paused.
package final class HTTPBodyStream: @unchecked Sendable {
    // Unchecked: every use is on the connection's loop.
    package enum End: Hashable, Sendable {
        case complete(trailers: HTTPHeaders)
        /// The peer went away, or its framing broke, in the middle; or the request was answered before its end.
        case truncated
    }

    private let connection: ServerConnection
    private let number: Int
    private var chunks: [[UInt8]] = []
    private var end: End?
    private var chunkHandler: (([UInt8]) -> Void)?
    private var endHandler: ((End) -> Void)?
    private var isPaused = true

    init(connection: ServerConnection, number: Int) {
        self.connection = connection
        self.number = number
    }

    /// Starts reading; `onEnd` is called once, after the last piece.
    package func read(onChunk: @escaping ([UInt8]) -> Void, onEnd: @escaping (End) -> Void) {
        self.chunkHandler = onChunk
        self.endHandler = onEnd
        self.resume()
    }

    /// No piece comes until `resume`; what the peer sends meanwhile stays in its socket.
    package func pause() {
        self.isPaused = true
    }

    package func resume() {
        guard self.endHandler != nil else { return }
        self.isPaused = false
        if self.connection.exchange?.number == self.number { self.connection.sendContinue() }
        self.deliver()
        if !self.isPaused { self.connection.resumeReading() }
    }

    // MARK: Called by the connection

    var isHeld: Bool { self.isPaused && self.end == nil }

    func receive(_ chunk: [UInt8]) {
        if !self.isPaused, self.chunks.isEmpty, let chunkHandler {
            chunkHandler(chunk)
        } else {
            self.chunks.append(chunk)
        }
    }

    func finish(_ end: End) {
        guard self.end == nil else { return }
        self.end = end
        if !self.isPaused { self.deliver() }
    }

    private func deliver() {
        while !self.isPaused, !self.chunks.isEmpty, let chunkHandler {
            chunkHandler(self.chunks.removeFirst())
        }
        guard !self.isPaused, self.chunks.isEmpty, let end = self.end, let endHandler else { return }
        self.chunkHandler = nil
        self.endHandler = nil
        endHandler(end)
    }
}
