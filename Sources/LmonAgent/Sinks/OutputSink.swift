import LmonHTTP
import LmonRecord

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes records as lines to standard output. A reader that stops reading stops nobody: what it is behind is kept within
/// bounds.
final class OutputSink: Shipper, @unchecked Sendable {
    // Unchecked: used on the loop only.
    let name = "stdout"
    private let loop: Loop
    private var queue: RecordQueue
    /// Of the lines that were begun, and how many they were.
    private var rest: ArraySlice<UInt8> = []
    private var begun = 0
    private var isDue = false

    /// A pipe that says it can be written to takes so much at once without blocking (PIPE_BUF).
    private static let piece = 4096

    init(limit: Int, loop: Loop) {
        self.queue = RecordQueue(limit: limit, sink: self.name)
        self.loop = loop
    }

    func accept(_ records: [Record]) {
        self.queue.append(records)
        self.write()
    }

    func ship(isLast: Bool, then: @escaping @Sendable () -> Void) {
        self.write()
        then()
    }

    func giveUpWaiting() {}

    func thawed() { self.write() }

    /// Records of which a reader has not all.
    var unwritten: Int { self.queue.count + (self.rest.isEmpty ? 0 : self.begun) }

    var pending: Int { self.unwritten }

    /// Not to be spilled: that goes where these do not.
    var unsent: [Record] { [] }

    private func write() {
        while self.isWritable {
            if self.rest.isEmpty {
                let records = self.queue.batch(maximum: 64 << 10)
                guard !records.isEmpty else { return }
                self.rest = records.ndjson[...]
                self.begun = records.count
                self.queue.taken()
            }
            let count = self.rest.prefix(Self.piece).withUnsafeBytes { Self.write($0) }
            guard count > 0 else { return self.writeLater() }
            self.rest = self.rest.dropFirst(count)
        }
        self.writeLater()
    }

    private static func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(1, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(1, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(1, bytes.baseAddress, bytes.count)
        #endif
    }

    private var isWritable: Bool {
        var entry = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, 0) == 1 && Int32(entry.revents) & POLLOUT != 0
    }

    private func writeLater() {
        guard !self.isDue, !self.rest.isEmpty || !self.queue.isEmpty else { return }
        self.isDue = true
        self.loop.schedule(after: .milliseconds(10)) { [weak self] in
            self?.isDue = false
            self?.write()
        }
    }
}
