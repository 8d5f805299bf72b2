import Foundation
import LmonRecord

/// Sends records as a tee does, to the first reader that stays.
final class RecordServer {
    struct Failed: Error {}

    let port: UInt16
    private let listening: Int32
    private var reader: Int32 = -1

    init() throws {
        #if os(Linux)
        let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let listening = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        self.listening = listening
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listening, pointer, length) == 0 && listen(listening, 8) == 0
                    && getsockname(listening, pointer, &length) == 0
            }
        }
        guard isBound else { throw Failed() }
        self.port = UInt16(bigEndian: address.sin_port)
        signal(SIGPIPE, SIG_IGN)
    }

    deinit {
        close(self.listening)
        if self.reader >= 0 { close(self.reader) }
    }

    /// Waits for a reader. One that only looks whether somebody answers goes at once.
    func accept() throws {
        while true {
            let descriptor = Foundation.accept(self.listening, nil, nil)
            guard descriptor >= 0 else { throw Failed() }
            var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&event, 1, 200) == 0 {
                self.reader = descriptor
                return
            }
            close(descriptor)
        }
    }

    func send(_ records: [Record]) throws {
        var bytes: [UInt8] = []
        for record in records {
            bytes += record.line
            bytes.append(UInt8(ascii: "\n"))
        }
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { write(self.reader, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failed() }
            sent += count
        }
    }
}
