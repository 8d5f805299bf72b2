#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A plain blocking socket, so that what goes over the wire is written down in the tests byte for byte.
package final class RawClient: @unchecked Sendable {
    // Unchecked: each test uses its own, one thread at a time.
    private var descriptor: Int32
    package private(set) var received: [UInt8] = []
    package private(set) var isEnded = false

    package struct Failure: Error {
        package let what: String
    }

    package init(port: Int, receiveBuffer: Int32? = nil) throws {
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(self.descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(self.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(what: String(cString: strerror(errno))) }
    }

    deinit { self.close() }

    package func close() {
        guard self.descriptor >= 0 else { return }
        _ = Glibc.close(self.descriptor)
        self.descriptor = -1
    }

    /// Closes so that the peer is reset.
    package func reset() {
        var value = linger(l_onoff: 1, l_linger: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
        self.close()
    }

    package func finishSending() {
        shutdown(self.descriptor, Int32(SHUT_WR))
    }

    package func send(_ text: String) { self.send(Array(text.utf8)) }

    /// Errors are not reported: the peer may have closed, which is what such a test is about.
    package func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(truncatingIfNeeded: MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Reads until `isEnough`, the peer's end, or ten seconds without a byte.
    @discardableResult
    package func receive(until isEnough: (String) -> Bool) throws -> String {
        try self.receiveBytes { isEnough(self.text) }
        return self.text
    }

    @discardableResult
    package func receive(_ suffix: String) throws -> String {
        try self.receiveBytes { self.received.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }
        return self.text
    }

    @discardableResult
    package func receiveToEnd() throws -> String {
        try self.receiveBytes { false }
        return self.text
    }

    /// Reads until so many bytes have come in all, or the peer's end.
    package func receive(count: Int) throws {
        try self.receiveBytes { self.received.count >= count }
    }

    private func receiveBytes(until isEnough: () -> Bool) throws {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !self.isEnded, !isEnough() {
            var entry = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 10_000) > 0 else { throw Failure(what: "nothing more came after: \(self.text)") }
            let count = recv(self.descriptor, &buffer, buffer.count, 0)
            if count <= 0 { self.isEnded = true } else { self.received += buffer[..<count] }
        }
    }

    private var text: String { String(decoding: self.received, as: UTF8.self) }
}
