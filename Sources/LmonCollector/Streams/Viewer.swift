import LmonHTTP
import LmonSpool
import LmonStore

/// One stream on its way to a viewer. Used on the loop only.
final class Viewer {
    let query: StreamQuery
    private let responder: Responder
    private let store: String
    /// Everything up to here has been sent or is not wanted.
    private(set) var cursor: Int64
    /// The last place that is wanted; nil: whatever comes.
    let end: Int64?
    /// The socket has taken what was written.
    var isWritable = true
    /// Something is being read or filtered for it elsewhere.
    var isBusy = false
    private(set) var isOver = false
    /// Since the last heartbeat something was sent.
    var wasTold = true
    /// Heartbeats since the socket took anything.
    var missedBeats = 0
    /// Whether deletions behind its place are a loss: it had read up to there.
    private var hasBegun: Bool
    private var marked: Int64

    /// So many records that are not wanted may go by without a word.
    private static let silence: Int64 = 5000

    init(_ query: StreamQuery, _ responder: Responder, store: String, cursor: Int64, end: Int64?, hasBegun: Bool) {
        self.query = query
        self.responder = responder
        self.store = store
        self.cursor = cursor
        self.end = end
        self.hasBegun = hasBegun
        self.marked = cursor
    }

    /// Whether pieces go to it as they are.
    var isPlain: Bool { self.query.filter == nil && self.query.selection == .all }

    var isAtEnd: Bool { self.end.map { self.cursor >= $0 } ?? false }

    func begin() {
        self.responder.start(
            status: 200,
            headers: ["Content-Type": "application/x-ndjson", "Cache-Control": "no-store", "X-Accel-Buffering": "no"]
        )
    }

    /// Sends lines and the mark behind them. `trimmed`: everything up to there was deleted.
    func send(_ lines: [UInt8], through cursor: Int64, newest: Int64, trimmed: Int64) {
        let isMissing = self.hasBegun && trimmed > self.cursor
        self.hasBegun = true
        self.cursor = max(self.cursor, cursor)
        guard !lines.isEmpty || isMissing || self.cursor - self.marked > Self.silence else { return }
        self.marked = self.cursor
        self.write(lines + self.mark(newest, isMissing: isMissing).line)
    }

    /// Says that nothing has come.
    func beat(newest: Int64) { self.write(self.mark(newest).line) }

    func finish(_ state: StreamMark.State, newest: Int64) {
        guard !self.isOver else { return }
        self.isOver = true
        self.responder.write(self.mark(newest, state).line)
        self.responder.end()
    }

    /// Cuts the connection: the viewer takes nothing.
    func cut() {
        self.isOver = true
        self.responder.abort()
    }

    /// The viewer is gone.
    func leave() { self.isOver = true }

    private func mark(_ newest: Int64, _ state: StreamMark.State = .follows, isMissing: Bool = false) -> StreamMark {
        let cursor = SpoolCursor(store: self.store, number: self.cursor)
        return StreamMark(cursor: cursor, newest: newest, state: state, isMissing: isMissing)
    }

    private func write(_ bytes: [UInt8]) {
        guard !self.isOver else { return }
        self.wasTold = true
        self.isWritable = self.responder.write(bytes)
    }
}
