import Foundation
import Synchronization

enum ExportOutput: Sendable {
    case standardOutput
    case file(OutputFile)

    /// False once nobody reads any more.
    func write(_ bytes: [UInt8]) throws -> Bool {
        switch self {
        case .standardOutput: return StandardOutput.write(bytes)
        case .file(let file):
            try file.write(bytes)
            return true
        }
    }

    func finish() throws {
        switch self {
        case .standardOutput: StandardOutput.flush()
        case .file(let file): try file.finish()
        }
    }

    /// What was begun is no whole file.
    func abandon() {
        if case .file(let file) = self { file.abandon() }
    }
}

/// A file that is written anew, readable by its owner only: it holds what functions send and receive.
final class OutputFile: Sendable {
    let path: String
    private let descriptor: Int32
    private let isRegular: Bool
    private let pending = Mutex<[UInt8]>([])
    private static let capacity = 1 << 16

    init(_ path: String) throws {
        self.path = path
        self.descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard self.descriptor >= 0 else { throw Failure.usage("\(path): \(String(cString: strerror(errno)))") }
        var status = stat()
        self.isRegular = fstat(self.descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    func write(_ bytes: [UInt8]) throws {
        try self.pending.withLock { pending in
            pending += bytes
            if pending.count >= Self.capacity { try self.flush(&pending) }
        }
    }

    func finish() throws {
        try self.pending.withLock { try self.flush(&$0) }
        // Some file systems say only now that the disk is full.
        guard close(self.descriptor) == 0 else { throw self.failure }
    }

    func abandon() {
        close(self.descriptor)
        if self.isRegular { unlink(self.path) }
    }

    private var failure: Failure { .run("\(self.path): \(String(cString: strerror(errno)))") }

    private func flush(_ pending: inout [UInt8]) throws {
        var rest = pending[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(self.descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw self.failure }
            rest = rest.dropFirst(count)
        }
        pending.removeAll(keepingCapacity: true)
    }
}
