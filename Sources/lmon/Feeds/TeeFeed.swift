import Foundation
import LmonRecord
import Synchronization

/// The tee of a running lmon. A lost connection is said and tried again, with growing pauses; what was seen already is
/// told apart by its number, so that nothing comes twice.
final class TeeFeed: Feed {
    private let address: HostPort
    private let isStopped = Mutex(false)
    private let connection = Mutex<Connection?>(nil)

    private static let pauses = [250, 500, 1000, 2000, 5000]

    /// Connects, so that an address that does not answer is an error at once.
    init(_ address: HostPort) throws {
        self.address = address
        do {
            let first = try Connection(address)
            self.connection.withLock { $0 = first }
        } catch let error as Connection.Failed {
            throw Failure.run(
                "tcp://\(address): \(error.reason); is lmon emulate (or lmon tui) running there?"
            )
        }
    }

    func start(into inbox: Inbox) {
        Thread.detachNewThread { self.run(inbox) }
    }

    func stop() {
        self.isStopped.withLock { $0 = true }
        self.connection.withLock { $0?.interrupt() }
    }

    private var goesOn: Bool { !self.isStopped.withLock { $0 } }

    private func run(_ inbox: Inbox) {
        var attempt = 0
        var reason = "the connection was closed"
        while self.goesOn {
            if let connection = self.connection.withLock({ $0 }) {
                attempt = 0
                inbox.push(.status(.connected), waits: true)
                var stream = RecordStream(inbox: inbox)
                stream.read(from: connection.descriptor)
                guard stream.isReading else { return }
                self.connection.withLock { $0 = nil }
                reason = "the connection was closed"
            }
            guard self.goesOn else { return }
            let pause = Self.pauses[min(attempt, Self.pauses.count - 1)]
            attempt += 1
            guard inbox.push(.status(.lost(reason: reason, retryAfter: pause)), waits: true) else { return }
            Thread.sleep(forTimeInterval: Double(pause) / 1000)
            do {
                let next = try Connection(self.address)
                self.connection.withLock { $0 = next }
            } catch let error as Connection.Failed {
                reason = error.reason
            } catch {
                reason = "\(error)"
            }
        }
    }
}

/// A TCP connection, closed when it is let go.
final class Connection: Sendable {
    struct Failed: Error {
        let reason: String
    }

    let descriptor: Int32

    init(_ address: HostPort) throws {
        var hints = addrinfo()
        #if os(Linux)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(address.host, "\(address.port)", &hints, &found)
        guard status == 0, let first = found else {
            throw Failed(reason: "unknown host (\(String(cString: gai_strerror(status))))")
        }
        defer { freeaddrinfo(first) }
        var reason = "no address"
        for candidate in sequence(first: first, next: { $0.pointee.ai_next }) {
            let socket = Foundation.socket(
                candidate.pointee.ai_family,
                candidate.pointee.ai_socktype,
                candidate.pointee.ai_protocol
            )
            guard socket >= 0 else { continue }
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            if connect(socket, candidate.pointee.ai_addr, candidate.pointee.ai_addrlen) == 0 {
                self.descriptor = socket
                return
            }
            reason = String(cString: strerror(errno)).lowercased()
            close(socket)
        }
        throw Failed(reason: reason)
    }

    /// Ends a read that waits.
    func interrupt() { _ = shutdown(self.descriptor, Int32(SHUT_RDWR)) }

    deinit { close(self.descriptor) }

    static func answers(_ address: HostPort) -> Bool { (try? Connection(address)) != nil }
}
