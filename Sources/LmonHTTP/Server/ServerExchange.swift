import NIOCore

/// One request and its answer, as far as they have come.
struct ServerExchange {
    /// More of a body that nobody wants is not read: the connection ends instead.
    static let discardLimit = 256 << 10

    enum Input {
        case whole([UInt8], limit: Int)
        case stream(HTTPBodyStream)
        /// Answered before the body had come.
        case discarded(left: Int)
        case ended
    }

    enum Output: Equatable {
        case pending
        case streaming(ResponseFraming)
        case complete
    }

    let number: Int
    let head: HTTPRequestHead
    var response: ResponseContext
    /// Never `ended` before the request is, so that it is not taken for complete.
    var input = Input.discarded(left: Self.discardLimit)
    var output = Output.pending
    var expectsContinue = false
    var isPeerGone = false
    var onClose: (() -> Void)?
    var onDrained: (() -> Void)?
    /// The handler was told that the peer is slow.
    var waitsForDrain = false

    init(number: Int, head: HTTPRequestHead, response: ResponseContext) {
        self.number = number
        self.head = head
        self.response = response
    }

    var isRequestComplete: Bool {
        if case .ended = self.input { true } else { false }
    }

    var isDiscarding: Bool {
        if case .discarded = self.input { true } else { false }
    }

    var isStreamHeld: Bool {
        if case .stream(let stream) = self.input { stream.isHeld } else { false }
    }

    /// Adds to a whole body, in place; false if it gets too long, nil if it is none.
    mutating func append(_ bytes: ByteBuffer) -> Bool? {
        guard case .whole(var body, let limit) = self.input else { return nil }
        guard body.count + bytes.readableBytes <= limit else { return false }
        // Lets go of the stored copy: an array that is shared would be copied whole.
        self.input = .whole([], limit: limit)
        body.append(contentsOf: bytes.readableBytesView)
        self.input = .whole(body, limit: limit)
        return true
    }

    func failStream() {
        if case .stream(let stream) = self.input { stream.finish(.truncated) }
    }
}
