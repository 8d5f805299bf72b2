import Foundation

/// A viewer that counts what it gets.
final class Follower {
    let descriptor: Int32
    private(set) var records = 0
    private(set) var bytes = 0
    /// What a record begins with, and how much of it has come.
    private static let mark = Array(#"{"v":1,"#.utf8)
    private var matched = 0

    init(port: Int, query: String) throws {
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(self.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw CollectorProcess.Failure(description: "a viewer cannot connect: \(errno)") }
        let head = Array("GET /v1/records\(query) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        guard write(self.descriptor, head, head.count) == head.count else {
            throw CollectorProcess.Failure(description: "a viewer cannot ask: \(errno)")
        }
    }

    deinit { close(self.descriptor) }

    /// Takes what there is; false at the stream's end.
    func read(_ buffer: inout [UInt8]) -> Bool {
        let count = recv(self.descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        self.bytes += count
        for byte in buffer[..<count] {
            if byte == Self.mark[self.matched] {
                self.matched += 1
                if self.matched == Self.mark.count {
                    self.matched = 0
                    self.records += 1
                }
            } else {
                self.matched = byte == Self.mark[0] ? 1 : 0
            }
        }
        return true
    }

    /// Counts bytes that somebody else has read.
    func count(_ bytes: Int) { self.bytes += bytes }

    func wait(records: Int) throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while self.records < records {
            guard self.read(&buffer) else { throw CollectorProcess.Failure(description: "a stream ended") }
        }
    }
}
