package import LmonHTTP
import LmonRecord

/// The other end of agents' tees that connect out: takes their records, each once, and hands them on through a core.
///
/// An agent that connects again sends again what it retains; what was seen is known by `(environment, sequence)`.
package final class TeeReceiver: @unchecked Sendable {
    // Unchecked: used on the core's loop only, after `listen`.
    private let core: MonitorCore
    private var listener: TCPListener?
    private var seen: [String: NumberRanges] = [:]
    private var connections: [ObjectIdentifier: TCPConnection] = [:]
    private var whenAllClosed: (@Sendable () -> Void)?
    /// Lines that were no records.
    package private(set) var broken = 0

    private init(core: MonitorCore) {
        self.core = core
    }

    package var port: Int { self.listener?.port ?? 0 }

    /// Listens on a free port of 127.0.0.1.
    package static func listen(core: MonitorCore) async throws(NetworkError) -> TeeReceiver {
        let receiver = TeeReceiver(core: core)
        receiver.listener = try await TCPListener.listen(host: "127.0.0.1", port: 0, on: core.loop) {
            [weak receiver] connection in receiver?.welcome(connection)
        }
        return receiver
    }

    /// Stops listening, and returns once every agent's stream has ended; agents are gone by then, or go soon.
    package func close() async {
        await self.listener?.close()
        await withCheckedContinuation { continuation in
            self.core.loop.execute {
                if self.connections.isEmpty { return continuation.resume() }
                let done = Countdown(1) { continuation.resume() }
                self.whenAllClosed = { done.finish() }
                self.core.loop.schedule(after: .seconds(1)) { done.finish() }
            }
        }
    }

    private func welcome(_ connection: TCPConnection) {
        let key = ObjectIdentifier(connection)
        self.connections[key] = connection
        var lines = RecordLines()
        connection.onBytes { [weak self] bytes in self?.take(lines.append(bytes)) }
        connection.onClose { [weak self] in
            guard let self else { return }
            self.connections[key] = nil
            if self.connections.isEmpty { self.whenAllClosed?() }
        }
    }

    private func take(_ elements: [RecordLines.Element]) {
        var records: [Record] = []
        for element in elements {
            switch element {
            case .success(let record):
                if self.seen[record.environment, default: NumberRanges()].insert(record.sequence) {
                    records.append(record)
                }
            case .failure: self.broken += 1
            }
        }
        guard !records.isEmpty else { return }
        self.core.assumeIsolated { [records] in $0.relay(records) }
    }
}
