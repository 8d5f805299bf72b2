#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A socket that listens already, so that its port is known and taken before the loop ever hears of it.
struct ListeningSocket {
    let descriptor: Int32
    let port: Int

    /// `host` is an IPv4 or IPv6 address or `localhost` (127.0.0.1). Port 0 takes a free one.
    init(host: String, port: Int) throws(NetworkError) {
        let name = "\(host.contains(":") ? "[\(host)]" : host):\(port)"
        guard let number = in_port_t(exactly: port) else { throw NetworkError(.unresolved, name) }
        if var address = Self.ipv4(host, number) {
            self = try withUnsafePointer(to: &address) { address throws(NetworkError) in
                try Self(AF_INET, address, name)
            }
        } else if var address = Self.ipv6(host, number) {
            self = try withUnsafePointer(to: &address) { address throws(NetworkError) in
                try Self(AF_INET6, address, name)
            }
        } else {
            throw NetworkError(.unresolved, name)
        }
    }

    private init<Address>(
        _ family: Int32,
        _ address: UnsafePointer<Address>,
        _ name: String
    ) throws(NetworkError) {
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw NetworkError(errno: errno, address: name) }
        let length = socklen_t(MemoryLayout<Address>.size)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        let bound = UnsafeRawPointer(address).withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length)
        }
        guard bound == 0, listen(descriptor, 1024) == 0, let port = Self.port(of: descriptor) else {
            let error = NetworkError(errno: errno, address: name)
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.port = port
    }

    private static func ipv4(_ host: String, _ port: in_port_t) -> sockaddr_in? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1 else { return nil }
        return address
    }

    private static func ipv6(_ host: String, _ port: in_port_t) -> sockaddr_in6? {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        guard inet_pton(AF_INET6, host, &address.sin6_addr) == 1 else { return nil }
        return address
    }

    private static func port(of descriptor: Int32) -> Int? {
        var address = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            UnsafeMutableRawPointer(pointer).withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length)
            }
        }
        // The port lies at the same place in both families.
        return result == 0 ? Int(in_port_t(bigEndian: address.sin6_port)) : nil
    }
}

/// What channels do not tell of their descriptors. Each costs one system call and consumes nothing.
enum Descriptors {
    /// Whether something has been received that nobody has read.
    static func hasBytes(_ descriptor: Int32) -> Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
    }

    /// Whether the peer of a connection that should be silent has said nothing, and has not closed.
    static func isSilent(_ descriptor: Int32) -> Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
    }

    /// Closes a descriptor that no channel took over.
    static func release(_ descriptor: Int32) {
        close(descriptor)
    }

    /// Whether somebody has connected whom nobody has accepted.
    static func hasConnections(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }
}
