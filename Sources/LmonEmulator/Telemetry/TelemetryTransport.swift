import LmonHTTP

/// How batches get to a subscriber. Used on the loop only; one batch at a time.
protocol TelemetryTransport: AnyObject {
    /// `then` is called once, later, unless it is closed before.
    func send(_ elements: [[UInt8]], then: @escaping (_ hasArrived: Bool) -> Void)
    /// The batch under way fails, if there is one.
    func giveUp()
    func close()
}

/// Where a subscriber may listen: as the sandbox, by its name, or on 127.0.0.1, which in Lambda is the same machine.
struct LoopbackAddresses {
    private var addresses: [String]

    /// `isNamed`: it said that it listens as the sandbox, which is tried first.
    init(_ own: String, isNamed: Bool) {
        let common = "127.0.0.1"
        self.addresses = own == common ? [own] : isNamed ? [own, common] : [common, own]
    }

    var current: String { self.addresses[0] }

    /// Nobody was there.
    mutating func tryNext() { self.addresses.append(self.addresses.removeFirst()) }
}

/// POSTs a JSON array; what is answered below 400 has arrived.
final class TelemetryPosts: TelemetryTransport {
    private var addresses: LoopbackAddresses
    private let port: Int
    private let target: String
    private let client: HTTPClient
    private var call: HTTPCall?

    init(_ addresses: LoopbackAddresses, _ port: Int, _ target: String, _ loop: Loop) {
        self.addresses = addresses
        self.port = port
        self.target = target
        self.client = HTTPClient(loop: loop, idleLimit: 1)
    }

    func send(_ elements: [[UInt8]], then: @escaping (Bool) -> Void) {
        var status = 0
        let events = HTTPResponseEvents(
            onHead: { code, _ in status = code },
            onBytes: { _ in },
            onEnd: { [weak self] result in
                self?.call = nil
                guard case .failure(let error) = result else { return then(status < 400) }
                if error.code == .refused { self?.addresses.tryNext() }
                then(false)
            }
        )
        let request = HTTPClientRequest(
            "POST",
            host: self.addresses.current,
            port: self.port,
            target: self.target,
            headers: ["Content-Type": "application/json"],
            body: .whole(Self.array(elements)),
            timeout: nil
        )
        self.call = self.client.start(request, events)
    }

    func giveUp() { self.call?.cancel() }

    func close() {
        self.call?.cancel()
        self.client.close()
    }

    private static func array(_ elements: [[UInt8]]) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(elements.reduce(2) { $0 + $1.count + 1 })
        body.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += element
        }
        body.append(UInt8(ascii: "]"))
        return body
    }
}

/// Writes a line for each record on one connection. Nothing is acknowledged: what the socket has taken has arrived.
final class TelemetryLines: TelemetryTransport, @unchecked Sendable {
    // Unchecked: used on the loop only.
    private var addresses: LoopbackAddresses
    private let port: Int
    private let loop: Loop
    private var connection: TCPConnection?
    private var completion: ((Bool) -> Void)?
    /// Of the batch under way; a connection that an earlier one asked for comes too late.
    private var attempt = 0
    private var isClosed = false

    init(_ addresses: LoopbackAddresses, _ port: Int, _ loop: Loop) {
        self.addresses = addresses
        self.port = port
        self.loop = loop
    }

    func send(_ elements: [[UInt8]], then: @escaping (Bool) -> Void) {
        self.completion = then
        self.attempt += 1
        let attempt = self.attempt
        let lines = elements.flatMap { $0 + [UInt8(ascii: "\n")] }
        if let connection { return connection.write(lines) }
        TCPClient.connect(
            host: self.addresses.current,
            port: self.port,
            on: self.loop,
            ready: { [weak self] in self?.connected($0, lines, attempt) },
            failed: { [weak self] error in
                guard let self, self.attempt == attempt else { return }
                if error.code == .refused { self.addresses.tryNext() }
                self.settle(false)
            }
        )
    }

    func giveUp() {
        self.connection?.close()
        self.settle(false)
    }

    func close() {
        self.isClosed = true
        self.completion = nil
        self.connection?.close()
    }

    private func connected(_ connection: TCPConnection, _ lines: [UInt8], _ attempt: Int) {
        guard !self.isClosed, self.attempt == attempt, self.completion != nil else { return connection.close() }
        self.connection = connection
        connection.onDrained { [weak self, weak connection] in self?.settle(connection?.hasLostBytes == false) }
        connection.onClose { [weak self, weak connection] in
            guard let self, self.connection === connection else { return }
            self.connection = nil
            self.settle(false)
        }
        connection.write(lines)
    }

    private func settle(_ hasArrived: Bool) {
        let completion = self.completion
        self.completion = nil
        completion?(hasArrived)
    }
}
