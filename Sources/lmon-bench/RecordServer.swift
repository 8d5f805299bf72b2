import Foundation
import LmonRecord

/// Sends records as a tee does, to the first reader that stays.
final class RecordServer {
    struct Failed: Error {}

    var port: UInt16 { self.listening.port }
    private let listening: ListeningSocket
    private var reader: Int32 = -1

    init() throws {
        self.listening = try ListeningSocket()
        signal(SIGPIPE, SIG_IGN)
    }

    deinit {
        if self.reader >= 0 { close(self.reader) }
    }

    /// Waits for a reader. One that only looks whether somebody answers goes at once.
    func accept() throws {
        while true {
            let descriptor = try self.listening.accept()
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
