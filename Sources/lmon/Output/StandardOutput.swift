import Foundation
import Synchronization

/// Standard output, written in large pieces; remembers that its reader went away.
enum StandardOutput {
    private struct State {
        var pending: [UInt8] = []
        var isClosed = false
    }

    private static let state = Mutex(State())
    private static let capacity = 1 << 16

    /// False once nobody reads any more: the command ends then, quietly.
    @discardableResult
    static func write(_ bytes: some Sequence<UInt8>) -> Bool {
        self.state.withLock { state in
            guard !state.isClosed else { return false }
            state.pending.append(contentsOf: bytes)
            if state.pending.count >= Self.capacity { Self.flush(&state) }
            return !state.isClosed
        }
    }

    @discardableResult
    static func writeLine(_ line: some Sequence<UInt8>) -> Bool {
        self.write(line) && self.write(CollectionOfOne(UInt8(ascii: "\n")))
    }

    @discardableResult
    static func writeLine(_ line: String) -> Bool { self.writeLine(line.utf8) }

    @discardableResult
    static func flush() -> Bool {
        self.state.withLock { state in
            Self.flush(&state)
            return !state.isClosed
        }
    }

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// The terminal's width, 80 where there is none; wider ones are not filled.
    static var columns: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return min(Int(size.ws_col), 120)
    }

    private static func flush(_ state: inout State) {
        var rest = state.pending[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN {
                    var wait = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&wait, 1, 1000)
                    continue
                }
                state.isClosed = true
                break
            }
            rest = rest.dropFirst(count)
        }
        state.pending.removeAll(keepingCapacity: true)
    }
}
