import NIOCore

/// How a connection ends: refused, answered for the last time, or too slow.
extension ServerConnection {
    /// Answers in place of the handler and gives the connection up.
    func refuse(_ status: Int) {
        self.stopWatching()
        self.isLast = true
        self.waiting.removeAll()
        let isAnswered = self.exchange.map { $0.output != .pending } ?? false
        self.exchange?.failStream()
        guard !isAnswered, let context else { return self.abort() }
        var response = self.exchange?.response ?? ResponseContext(isHead: false, isOldClient: false, keepsAlive: false)
        response.keepsAlive = false
        var buffer = context.channel.allocator.buffer(capacity: 128)
        _ = response.write(status: status, headers: [:], bodyCount: 0, into: &buffer)
        context.writeAndFlush(self.wrapOutboundOut(buffer), promise: nil)
        self.peerClosed()
        self.exchange = nil
        self.server.bodyEnded(of: self)
        self.linger()
    }

    func closeAfterAnswer() {
        self.isLast = true
        self.waiting.removeAll()
        if self.isInputClosed { self.closeWhenFlushed() } else { self.linger() }
    }

    func closeWhenFlushed() {
        guard let context else { return }
        self.isLingering = true
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolatedUnsafeUnchecked().whenComplete { _ in self.abort() }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: written)
    }

    /// Closes this side, then waits a moment for the client to close its own.
    func linger() {
        guard !self.isLingering, let context else { return }
        self.isLingering = true
        self.isLast = true
        self.exchange = nil
        self.waiting.removeAll()
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolatedUnsafeUnchecked().whenComplete { _ in
            guard let context = self.context else { return }
            context.close(mode: .output, promise: nil)
            self.timer?.cancel()
            self.timer = self.server.loop.schedule(after: .seconds(1)) {
                [connection = NIOLoopBound(self, eventLoop: context.eventLoop)] in
                connection.value.abort()
            }
            if self.server.isClosing { self.abort() }
        }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: written)
        self.resumeReading()
    }

    // MARK: Slow clients

    func watchHead() {
        guard self.isInHead, !self.isLast, !self.isInputClosed else { return }
        self.watch(.seconds(self.server.limits.secondsForHead))
    }

    /// Starts the clock, if it does not run, for what the client has begun and not ended.
    func watch(_ limit: Duration) {
        guard self.timer == nil, let context else { return }
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        self.timer = self.server.loop.schedule(after: limit) { connection.value.expired() }
    }

    func stopWatching() {
        guard let timer else { return }
        timer.cancel()
        self.timer = nil
    }

    func expired() {
        self.timer = nil
        // It is the handler that is slow if it does not take what has come.
        if self.exchange?.isStreamHeld == true {
            self.watch(.seconds(self.server.limits.secondsForRequest))
        } else {
            self.refuse(408)
        }
    }
}
