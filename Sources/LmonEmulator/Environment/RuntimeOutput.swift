import LmonHTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What one runtime process writes: standard output, standard error and the telemetry descriptor. Used on the loop only.
final class RuntimeOutput {
    /// The descriptor's number in the runtime, which `_LAMBDA_TELEMETRY_LOG_FD` names.
    static let telemetryDescriptor: Int32 = 3

    final class Stream {
        let descriptor: Int32
        var assembler: LogAssembler
        var reader: PipeReader?
        var isOpen = true

        init(descriptor: Int32, format: LogAssembler.Format) {
            self.descriptor = descriptor
            self.assembler = LogAssembler(format)
        }
    }

    let streams: [Stream]
    /// The other ends, by their number in the runtime; the caller closes them once the runtime has them.
    let writers: [Int32: Int32]

    init() throws(EmulatorError) {
        var streams: [Stream] = []
        var writers: [Int32: Int32] = [:]
        for (number, format) in [(1, LogAssembler.Format.lines), (2, .lines), (Self.telemetryDescriptor, .frames)] {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else {
                for stream in streams { Self.closeDescriptor(stream.descriptor) }
                for writer in writers.values { Self.closeDescriptor(writer) }
                throw EmulatorError("Cannot make a pipe: \(String(cString: strerror(errno)))")
            }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
            streams.append(Stream(descriptor: ends[0], format: format))
            writers[number] = ends[1]
        }
        self.streams = streams
        self.writers = writers
    }

    /// Reads from now on; `onEvents` gets log events as they are complete.
    func start(on loop: Loop, onEvents: @escaping ([LogAssembler.Event]) -> Void) {
        for stream in self.streams {
            stream.reader = PipeReader.open(
                descriptor: stream.descriptor,
                on: loop,
                onBytes: { onEvents(stream.assembler.append($0)) },
                onEnd: {
                    stream.isOpen = false
                    onEvents(stream.assembler.flush())
                }
            )
        }
    }

    func closeWriters() {
        for writer in self.writers.values { Self.closeDescriptor(writer) }
    }

    /// Reads what is there now, before the loop does: what was written before a call of the runtime belongs before it.
    /// Never while the loop handles what it has found readable: only from a task or a timer of it.
    func drain(flush: Bool, _ onEvents: ([LogAssembler.Event]) -> Void) {
        guard flush || self.hasOutput else { return }
        for stream in self.streams where stream.isOpen {
            // No more than was there at first: a process that never stops writing is never read to its end.
            var rest = Self.available(stream.descriptor)
            while rest > 0, let bytes = Self.read(stream.descriptor, atMost: rest) {
                rest -= bytes.count
                onEvents(stream.assembler.append(bytes))
            }
            if flush, !stream.assembler.isEmpty { onEvents(stream.assembler.flush()) }
        }
    }

    /// Whether anything can be read: one system call for all streams.
    var hasOutput: Bool {
        var entries = self.streams.map { pollfd(fd: $0.isOpen ? $0.descriptor : -1, events: Int16(POLLIN), revents: 0) }
        return poll(&entries, nfds_t(entries.count), 0) != 0
    }

    func close() {
        for stream in self.streams {
            stream.isOpen = false
            stream.reader?.close()
            stream.reader = nil
        }
    }

    private static func available(_ descriptor: Int32) -> Int {
        var available: Int32 = 0
        return ioctl(descriptor, UInt(FIONREAD), &available) == 0 ? Int(available) : 0
    }

    /// At most 64 KiB; nil if there is nothing.
    private static func read(_ descriptor: Int32, atMost limit: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: min(limit, 65_536)) { buffer, count in
            count = max(0, readBytes(descriptor, buffer.baseAddress, buffer.count))
        }
        return bytes.isEmpty ? nil : bytes
    }

    private static func closeDescriptor(_ descriptor: Int32) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
        _ = Musl.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }
}

/// `read`, which the class's own names hide.
private func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
