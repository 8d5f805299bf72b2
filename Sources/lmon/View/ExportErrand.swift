import Foundation
import LmonModel

/// An export from the view into the current folder, a piece at a time, so that the view goes on.
struct ExportErrand {
    /// Told only of long ones.
    private static let noticeEvery = 2_000

    private let path: String
    private let file: FileHandle
    private var writer: ExportWriter
    private var next = 0
    private let count: Int

    /// Makes a new file: `lmon-orders-9f3c.har`, or with `-2` behind it where there is one. Readable by its owner only.
    init(_ format: ExportFormat, name: String, count: Int) throws {
        let suffix = format == .curl ? "sh" : format == .json ? "ndjson" : "har"
        var path = "lmon-\(name).\(suffix)"
        var attempt = 1
        var descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        while descriptor < 0, errno == EEXIST, attempt < 1000 {
            attempt += 1
            path = "lmon-\(name)-\(attempt).\(suffix)"
            descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        }
        guard descriptor >= 0 else {
            throw Failure.run("\(path) cannot be written here: \(String(cString: strerror(errno)))")
        }
        self.path = path
        self.file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        self.writer = ExportWriter(format)
        self.count = count
        try self.file.write(contentsOf: Data(self.writer.beginning))
    }

    var isDone: Bool { self.next >= self.count }

    /// Writes the next one; `invocation` gives it by its place, nil for what is none.
    mutating func step(_ invocation: (Int) -> Invocation?) throws {
        defer { self.next += 1 }
        guard let invocation = invocation(self.next) else { return }
        try self.file.write(contentsOf: Data(self.writer.add(invocation)))
    }

    /// Writes one call alone.
    mutating func add(_ call: Call, of invocation: Invocation) throws {
        try self.file.write(contentsOf: Data(self.writer.add(call, of: invocation)))
    }

    /// `wrote lmon-orders-9f3c.har, 3 calls`
    mutating func finish() throws -> String {
        try self.file.write(contentsOf: Data(self.writer.end))
        try self.file.close()
        let calls = self.writer.calls == 1 ? "1 call" : "\(self.writer.calls) calls"
        guard self.count > 1 else { return "wrote \(self.path), \(calls)" }
        return "wrote \(self.path), \(self.writer.invocations) invocations, \(calls)"
    }

    /// `writing lmon-orders.har, 40 %`, where something is to be said.
    var progress: String? {
        guard self.count > Self.noticeEvery, self.next % Self.noticeEvery == 0 else { return nil }
        return "writing \(self.path), \(self.next * 100 / self.count) %"
    }
}

extension InvocationID {
    /// As much of it as may stand in a file's name.
    func fileName(_ function: String) -> String {
        let request = self.requestID.map { String($0.prefix(8)) } ?? "init"
        return "\(function)-\(request)".unicodeScalars.reduce(into: "") { name, scalar in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            name += isPlain ? String(scalar) : "-"
        }
    }
}
