import LmonJSON

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A blocking HTTP/1.1 connection over loopback with as little of its own as possible, so that the other side is measured.
/// It understands what it is used against: answers with a `Content-Length` or chunked, kept alive.
final class RawConnection {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(port: Int) throws {
        #if canImport(Glibc)
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        self.descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(self.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(description: "connect to port \(port): errno \(errno)") }
        var on: Int32 = 1
        setsockopt(self.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(self.descriptor) }

    struct Answer {
        let status: Int
        /// The head as sent, for looking up a header.
        let head: [UInt8]
        let body: [UInt8]

        func header(_ name: String) -> String? {
            for line in String(decoding: self.head, as: UTF8.self).split(separator: "\r\n").dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2, parts[0].lowercased() == name else { continue }
                return String(parts[1].drop { $0 == " " })
            }
            return nil
        }
    }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { write(self.descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure(description: "write: errno \(errno)") }
            sent += count
        }
    }

    func send(_ method: String, _ path: String, body: [UInt8] = []) throws {
        let head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.count)\r\n\r\n"
        try self.send(Array(head.utf8) + body)
    }

    func request(_ method: String, _ path: String, body: [UInt8] = []) throws -> Answer {
        try self.send(method, path, body: body)
        return try self.receive()
    }

    func receive() throws -> Answer {
        let head = try self.head()
        let status = Int(String(decoding: head[9..<12], as: UTF8.self)) ?? 0
        let probe = Answer(status: status, head: head, body: [])
        if let length = probe.header("content-length").flatMap({ Int($0) }) {
            return Answer(status: status, head: head, body: try self.take(length))
        }
        guard probe.header("transfer-encoding") == "chunked" else { return probe }
        var body: [UInt8] = []
        while true {
            let size = Int(String(decoding: try self.line(), as: UTF8.self), radix: 16) ?? 0
            body += try self.take(size)
            _ = try self.take(2)
            if size == 0 { return Answer(status: status, head: head, body: body) }
        }
    }

    // MARK: Parts

    private func head() throws -> [UInt8] {
        while true {
            if let end = Self.endOfHead(self.buffer) { return try self.take(end) }
            try self.fill()
        }
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in 3..<bytes.count where bytes[index] == 10 && bytes[index - 2] == 10 { return index + 1 }
        return nil
    }

    private func line() throws -> [UInt8] {
        while true {
            if let end = self.buffer.firstIndex(of: 10) { return try self.take(end + 1).dropLast(2) }
            try self.fill()
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while self.buffer.count < count { try self.fill() }
        defer { self.buffer.removeFirst(count) }
        return Array(self.buffer[..<count])
    }

    private func fill() throws {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        let count = read(self.descriptor, &chunk, chunk.count)
        guard count > 0 else { throw Failure(description: count == 0 ? "the peer closed" : "read: errno \(errno)") }
        self.buffer += chunk[..<count]
    }
}
