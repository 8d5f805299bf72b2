import NIOCore

/// What a responder does, on the loop. An exchange that is over, or another one's number, is passed over.
extension ServerConnection {
    func respond(_ number: Int, status: Int, headers: HTTPHeaders, body: [UInt8]) {
        guard let context, self.exchange?.number == number, self.exchange?.output == .pending else { return }
        self.settleKeepAlive()
        var buffer = context.channel.allocator.buffer(capacity: 192 + body.count)
        let framing = self.exchange?.response
            .write(status: status, headers: headers, bodyCount: body.count, into: &buffer)
        if framing != ResponseFraming.none { buffer.writeBytes(body) }
        self.exchange?.output = .complete
        context.write(self.wrapOutboundOut(buffer), promise: nil)
        // Interceptors tell of many calls in a row: a write for each answer would cost more than what they tell.
        if !self.isReading { context.flush() }
        self.endExchangeIfComplete()
    }

    func start(_ number: Int, status: Int, headers: HTTPHeaders) {
        guard let context, self.exchange?.number == number, self.exchange?.output == .pending else { return }
        self.settleKeepAlive()
        var buffer = context.channel.allocator.buffer(capacity: 256)
        guard
            let framing = self.exchange?.response
                .write(status: status, headers: headers, bodyCount: nil, into: &buffer)
        else { return }
        self.exchange?.output = .streaming(framing)
        context.writeAndFlush(self.wrapOutboundOut(buffer), promise: nil)
    }

    /// Whether the peer keeps up.
    func write(_ number: Int, _ bytes: [UInt8]) -> Bool {
        guard let context, self.exchange?.number == number, case .streaming(let framing)? = self.exchange?.output else {
            return true
        }
        var buffer = context.channel.allocator.buffer(capacity: bytes.count + 16)
        switch framing {
        case .none: return true
        case .chunked: buffer.writeChunk(bytes)
        case .untilClose: buffer.writeBytes(bytes)
        case .length(let remaining):
            // What goes beyond the promised length would be read as the next answer.
            buffer.writeBytes(bytes.prefix(remaining))
            self.exchange?.output = .streaming(.length(remaining: remaining - buffer.readableBytes))
        }
        context.writeAndFlush(self.wrapOutboundOut(buffer), promise: nil)
        let isWritable = context.channel.isWritable
        // Only now: while it was written, a full socket may have taken all of it, which is no news.
        if !isWritable, self.exchange?.number == number { self.exchange?.waitsForDrain = true }
        return isWritable
    }

    /// False if there is nothing to be ended.
    func end(_ number: Int, trailers: HTTPHeaders) -> Bool {
        guard let context, self.exchange?.number == number, case .streaming(let framing)? = self.exchange?.output else {
            return false
        }
        switch framing {
        case .chunked:
            var buffer = context.channel.allocator.buffer(capacity: 64)
            buffer.writeLastChunk(trailers: trailers)
            context.writeAndFlush(self.wrapOutboundOut(buffer), promise: nil)
        case .length(let remaining) where remaining > 0:
            self.abort()
            return true
        case .length, .none, .untilClose: break
        }
        self.exchange?.output = .complete
        self.endExchangeIfComplete()
        return true
    }

    func abortExchange(_ number: Int) {
        guard self.exchange?.number == number, self.exchange?.output != .complete else { return }
        self.abort()
    }

    /// The responder is gone.
    func abandon(_ number: Int) {
        self.respond(number, status: 500, headers: [:], body: [])
        self.abortExchange(number)
    }

    func onDrained(_ number: Int, _ body: @escaping () -> Void) {
        guard self.exchange?.number == number else { return }
        self.exchange?.onDrained = body
    }

    func onClose(_ number: Int, _ body: @escaping () -> Void) {
        if self.exchange?.number == number, self.exchange?.isPeerGone == false {
            self.exchange?.onClose = body
        } else if self.exchange?.number == number || self.context == nil {
            body()
        }
    }

    private func settleKeepAlive() {
        if self.isLast || self.server.isClosing { self.exchange?.response.keepsAlive = false }
    }
}
