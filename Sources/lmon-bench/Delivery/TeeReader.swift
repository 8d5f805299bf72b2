import LmonHTTP
import LmonRecord

/// Reads an agent's tee, and at times stops to, or goes and comes back.
actor TeeReader {
    private let loop: Loop
    private let port: Int
    private(set) var ledger = RecordLedger()
    private(set) var connections = 0
    private(set) var pauses = 0
    private(set) var oddities: [String] = []
    private var lines = RecordLines()
    private var connection: TCPConnection?
    private var ended: CheckedContinuation<Void, Never>?

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    /// `ledger` is what earlier readers got.
    init(port: Int, ledger: RecordLedger, on loop: Loop) {
        self.port = port
        self.ledger = ledger
        self.loop = loop
    }

    /// Connects; false if nobody listens.
    @discardableResult
    func connect() async -> Bool {
        do {
            try await TCPClient.connect(host: "127.0.0.1", port: self.port, on: self.loop) { connection in
                self.assumeIsolated { $0.connected(connection) }
            }
            return true
        } catch {
            return false
        }
    }

    /// Connects as soon as somebody listens.
    func connect(within limit: Duration) async throws {
        let deadline = ContinuousClock.now + limit
        while await !self.connect() {
            guard ContinuousClock.now < deadline else {
                throw StandInLambda.Stuck(description: "the agent's tee does not listen on port \(self.port)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func connected(_ connection: TCPConnection) {
        self.connections += 1
        self.lines = RecordLines()
        self.connection = connection
        connection.onBytes { self.read($0) }
        connection.onClose { self.closed(connection) }
    }

    private func read(_ bytes: [UInt8]) {
        for element in self.lines.append(bytes) {
            switch element {
            case .success(let record): self.ledger.add(record)
            case .failure(let error): self.oddities.append("\(error)")
            }
        }
    }

    private func closed(_ connection: TCPConnection) {
        guard connection === self.connection else { return }
        self.connection = nil
        self.ended?.resume()
        self.ended = nil
    }

    // MARK: Faults

    func stopReading() {
        self.pauses += 1
        self.connection?.pause()
    }

    func resumeReading() { self.connection?.resume() }

    func comeBack() async {
        self.connection?.close()
        self.connection = nil
        await self.connect()
    }

    /// Reads to the end of the stream, which the end of its agent brings about; one that does not come is an oddity.
    func end() async {
        guard let connection else { return }
        connection.resume()
        let timer = self.loop.schedule(after: .seconds(5)) {
            self.assumeIsolated {
                $0.oddities.append("the agent has ended, and its tee has not")
                connection.close()
            }
        }
        await withCheckedContinuation { self.ended = $0 }
        timer.cancel()
    }
}
