#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A pipe that nobody else inherits.
struct Pipe {
    let reading: Int32
    let writing: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0)
        (self.reading, self.writing) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    func closeWriting() { close(self.writing) }

    /// What comes next, as soon as it does; nil at the end, that is when nobody has the other end open any more.
    func read(within seconds: Int32 = 20) -> String? {
        var waits = [pollfd(fd: self.reading, events: Int16(POLLIN), revents: 0)]
        guard poll(&waits, 1, seconds * 1000) > 0 else { return "nothing within \(seconds) s" }
        var bytes = [UInt8](repeating: 0, count: 4096)
        #if canImport(Glibc)
        let count = Glibc.read(self.reading, &bytes, bytes.count)
        #elseif canImport(Musl)
        let count = Musl.read(self.reading, &bytes, bytes.count)
        #else
        let count = Darwin.read(self.reading, &bytes, bytes.count)
        #endif
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }

    /// Everything until the end.
    func readAll() -> String {
        var text = ""
        while let more = self.read() {
            text += more
            if more.hasPrefix("nothing within") { return text }
        }
        close(self.reading)
        return text
    }

    /// Reads until so many lines have come.
    func readLines(_ count: Int) -> [String] {
        var text = ""
        while text.utf8.count(where: { $0 == UInt8(ascii: "\n") }) < count {
            guard let more = self.read() else { break }
            text += more
            if more.hasPrefix("nothing within") { break }
        }
        return text.split(separator: "\n").map(String.init)
    }
}
