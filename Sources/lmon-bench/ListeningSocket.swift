import Foundation

/// A port of loopback on which connections are taken one by one, by the thread that asks.
final class ListeningSocket {
    struct Failed: Error {}

    let port: UInt16
    private let descriptor: Int32

    init() throws {
        #if os(Linux)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        self.descriptor = descriptor
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        self.port = UInt16(bigEndian: address.sin_port)
        guard isBound else { throw Failed() }
    }

    deinit { close(self.descriptor) }

    /// Waits for the next connection, which belongs to the caller then.
    func accept(within seconds: Double = 30) throws -> Int32 {
        var event = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&event, 1, Int32(seconds * 1000)) == 1 else { throw Failed() }
        let connection = Foundation.accept(self.descriptor, nil, nil)
        guard connection >= 0 else { throw Failed() }
        return connection
    }
}
