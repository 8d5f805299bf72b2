import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Bytes over a socket, for what no proper client sends.
enum Raw {
    struct Failure: Error {}

    /// Sends, and reads until there is a whole head.
    static func exchange(port: Int, _ text: String) async throws -> String {
        try await self.onThread {
            let socket = try self.connect(port)
            defer { close(socket) }
            try self.write(text, socket)
            var received = ""
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while !received.contains("\r\n\r\n") {
                let count = read(socket, &buffer, buffer.count)
                guard count > 0 else { throw Failure() }
                received += String(decoding: buffer[..<count], as: UTF8.self)
            }
            return received
        }
    }

    /// Sends, and hangs up.
    static func send(port: Int, _ text: String) async throws {
        try await self.onThread {
            let socket = try self.connect(port)
            defer { close(socket) }
            try self.write(text, socket)
        }
    }

    private static func onThread<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Swift.Result(catching: body)) }
        }
    }

    private static func connect(_ port: Int) throws -> Int32 {
        #if os(Linux)
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let socket = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                #if canImport(Glibc)
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                #elseif canImport(Musl)
                Musl.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                #else
                Darwin.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                #endif
            }
        }
        guard connected == 0 else {
            close(socket)
            throw Failure()
        }
        return socket
    }

    private static func write(_ text: String, _ socket: Int32) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { bytes in
                #if canImport(Glibc)
                Glibc.write(socket, bytes.baseAddress, bytes.count)
                #elseif canImport(Musl)
                Musl.write(socket, bytes.baseAddress, bytes.count)
                #else
                Darwin.write(socket, bytes.baseAddress, bytes.count)
                #endif
            }
            guard count > 0 else { throw Failure() }
            rest = rest.dropFirst(count)
        }
    }
}
