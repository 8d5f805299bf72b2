import Foundation
import LmonRecord
import Synchronization

/// NDJSON on standard input.
final class StandardInputFeed: Feed {
    let endsByItself = true

    func start(into inbox: Inbox) {
        Thread.detachNewThread {
            var stream = RecordStream(inbox: inbox)
            stream.read(from: STDIN_FILENO)
            stream.finish()
            inbox.push(.ended(nil))
        }
    }

    /// A thread that waits for standard input ends with the process.
    func stop() {}
}

/// Reads a descriptor to its end and hands over its records.
struct RecordStream {
    private let inbox: Inbox
    private var lines = RecordLines()
    private(set) var isReading = true

    init(inbox: Inbox) {
        self.inbox = inbox
    }

    /// Returns at the end of the stream, or when nobody wants more.
    mutating func read(from descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: 1 << 17)
        while self.isReading {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            self.take(self.lines.append(buffer[..<count]))
        }
    }

    /// The last line, if it had no end.
    mutating func finish() {
        if let last = self.lines.finish() { self.take([last]) }
    }

    private mutating func take(_ elements: [RecordLines.Element]) {
        var records: [Record] = []
        for element in elements {
            switch element {
            case .success(let record): records.append(record)
            case .failure(let error):
                if !records.isEmpty { self.push(.records(records)) }
                records = []
                self.push(.broken(error))
            }
        }
        if !records.isEmpty { self.push(.records(records)) }
    }

    private mutating func push(_ event: FeedEvent) {
        if !self.inbox.push(event, waits: true) { self.isReading = false }
    }
}
