/// The answer to one request: whole or streamed, at once or hours later, on the loop.
///
/// Only the first answer counts; later ones are ignored, as is everything after the peer has gone. A responder that is let
/// go unanswered answers 500, and one let go in the middle of a streamed answer cuts the connection, so that no caller
/// hangs.
package final class Responder: @unchecked Sendable {
    // Unchecked: every use is on the connection's loop; only the last release may happen elsewhere, and it hops.
    private let connection: ServerConnection
    private let number: Int
    private var isDone = false

    init(connection: ServerConnection, number: Int) {
        self.connection = connection
        self.number = number
    }

    deinit {
        guard !self.isDone else { return }
        // Later even on the loop: the connection may be the one that lets go, in the middle of a change.
        let (connection, number) = (LoopConfined(value: self.connection), self.number)
        self.connection.server.loop.execute { connection.value.abandon(number) }
    }

    /// Called once if the peer goes away before the answer is complete: at once if it has already. A peer that closes only
    /// its sending side cannot be told apart; an answer may still reach it.
    package func onClose(_ body: @escaping () -> Void) {
        self.connection.onClose(self.number, body)
    }

    // MARK: Whole

    /// Sends a complete answer in one write. Framing fields (`Content-Length`, `Transfer-Encoding`) are set here; a
    /// `Connection: close` of the caller is honoured.
    package func respond(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.isDone = true
        self.connection.respond(self.number, status: status, headers: headers, body: body)
    }

    // MARK: Streamed

    /// Sends the head; the body follows by `write`, chunked unless the headers carry a `Content-Length`.
    package func start(status: Int, headers: HTTPHeaders = [:]) {
        self.connection.start(self.number, status: status, headers: headers)
    }

    /// Sends a piece of the body. False: the peer is slow; nothing is lost, but wait for `onDrained` before the next piece.
    @discardableResult
    package func write(_ bytes: [UInt8]) -> Bool {
        bytes.isEmpty || self.connection.write(self.number, bytes)
    }

    /// Called each time the peer has taken enough for more to be written.
    package func onDrained(_ body: @escaping () -> Void) {
        self.connection.onDrained(self.number, body)
    }

    package func end(trailers: HTTPHeaders = [:]) {
        guard self.connection.end(self.number, trailers: trailers) else { return }
        self.isDone = true
    }

    /// Cuts the connection in the middle of the answer, so that the peer cannot take what it got for the whole.
    package func abort() {
        guard !self.isDone else { return }
        self.isDone = true
        self.connection.abortExchange(self.number)
    }
}

/// Carries a loop-confined reference across threads untouched, until it is used on its loop again.
struct LoopConfined<Value>: @unchecked Sendable {
    // Unchecked: only code on the value's own loop unwraps it.
    let value: Value
}
