import LmonHTTP
package import LmonRecord

/// The tee the other way round: connects out to a reader on loopback, which may come and go, and sends it the records.
///
/// Nothing says what a reader has read when its connection breaks, so a new one is sent everything that is retained; who
/// reads knows what it has by `(environment, sequence)`. A frozen environment is silent, and its connection stays.
package final class TeeConnection: Shipper, @unchecked Sendable {
    // Unchecked: used on the loop only.
    let name = "tee"
    private let host: String
    private let port: Int
    private let core: MonitorCore
    private var connection: TCPConnection?
    private var rest = Duration.milliseconds(20)
    private var isClosed = false

    /// Bytes that the reader may be behind; a reader that is further behind begins anew.
    private let limit: Int

    package init(host: String, port: Int, limit: Int, core: MonitorCore) {
        self.host = host
        self.port = port
        self.limit = limit
        self.core = core
    }

    package func connect() {
        guard !self.isClosed else { return }
        TCPClient.connect(
            host: self.host,
            port: self.port,
            on: self.core.loop,
            ready: { [weak self] connection in self?.connected(connection) },
            failed: { [weak self] _ in self?.lost() }
        )
    }

    private func connected(_ connection: TCPConnection) {
        self.connection = connection
        self.rest = .milliseconds(20)
        connection.onClose { [weak self] in
            self?.connection = nil
            self?.lost()
        }
        connection.write(self.core.assumeIsolated { $0.retained(for: self.name) }.ndjson)
    }

    private func lost() {
        self.core.loop.schedule(after: self.rest) { [weak self] in self?.connect() }
        self.rest = min(self.rest * 2, .seconds(5))
    }

    package func accept(_ records: [Record]) {
        guard let connection else { return }
        let bytes = records.ndjson
        // What it misses is retained; it gets it with its next connection.
        guard connection.pendingBytes + bytes.count <= self.limit else { return connection.close() }
        connection.write(bytes)
    }

    func ship(isLast: Bool, then: @escaping @Sendable () -> Void) {
        guard isLast, let connection, connection.pendingBytes > 0 else { return then() }
        connection.onDrained { then() }
    }

    func giveUpWaiting() {}

    func thawed() {
        if self.connection == nil { self.rest = .milliseconds(20) }
    }

    var pending: Int { 0 }

    var unsent: [Record] { [] }
}
