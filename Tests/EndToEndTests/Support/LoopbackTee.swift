import Foundation

/// The tee of an lmon that is none: each connection gets the next of some texts, and is closed behind all but the last.
final class LoopbackTee: Sendable {
    struct Failed: Error {
        let what: String
    }

    private let listener: Int32
    let port: Int

    var source: String { "tcp://127.0.0.1:\(self.port)" }

    init(_ texts: [String]) throws {
        #if os(Linux)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else {
            close(listener)
            throw Failed(what: String(cString: strerror(errno)))
        }
        _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
        self.listener = listener
        self.port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread {
            for (index, text) in texts.enumerated() {
                let peer = accept(listener, nil, nil)
                guard peer >= 0 else { return }
                Self.serve(text, to: peer, stays: index == texts.count - 1)
            }
        }
    }

    deinit {
        _ = shutdown(self.listener, Int32(SHUT_RDWR))
        close(self.listener)
    }

    private static func serve(_ text: String, to peer: Int32, stays: Bool) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(peer, $0.baseAddress, $0.count, Int32(truncatingIfNeeded: MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        // Nothing comes from there but the end.
        var byte: UInt8 = 0
        if stays { while read(peer, &byte, 1) > 0 {} }
        close(peer)
    }
}
