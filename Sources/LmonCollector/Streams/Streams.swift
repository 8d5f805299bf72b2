import Dispatch
import LmonHTTP
import LmonModel
import LmonRecord
import LmonSpool
import LmonStore

/// All streams to viewers: each goes at its own pace, out of the newest lines that are in memory for all, or out of the store
/// if it is further behind. None holds another, and none holds ingest. Used on the loop only.
final class Streams: @unchecked Sendable {
    // Unchecked: used on the loop only.
    private let store: CollectorStore
    private let loop: Loop
    private let limits: CollectorConfiguration.Limits
    private var recent: RecentLines
    private var viewers: [ObjectIdentifier: Viewer] = [:]
    private let queue = DispatchQueue(label: "lmon.collector.read", qos: .userInitiated, attributes: .concurrent)
    private(set) var pagesRead = 0
    private(set) var piecesSent = 0
    private(set) var stalled = 0

    /// Places that are looked at in one go for records that may be few: others want to read meanwhile.
    private static let stretch: Int64 = 20_000

    var count: Int { self.viewers.count }
    var newest: Int64 { self.recent.last }

    init(_ store: CollectorStore, _ limits: CollectorConfiguration.Limits, on loop: Loop) {
        self.store = store
        self.loop = loop
        self.limits = limits
        self.recent = RecentLines(limit: limits.recent, last: store.last)
    }

    // MARK: What happens

    /// Records that are on the disk now.
    func append(_ records: [StoredRecord]) {
        guard !records.isEmpty else { return }
        self.recent.append(records)
        for viewer in self.viewers.values { self.pump(viewer) }
    }

    func open(_ query: StreamQuery, _ responder: Responder) {
        switch query.start {
        case .after(nil): self.open(query, responder, at: 0, hasBegun: false)
        case .after(let cursor?):
            // A place of another store, or of one that was put back since, is no place of this one.
            let isKnown = cursor.store.isEmpty || (cursor.store == self.store.id && cursor.number <= self.recent.last)
            let number = isKnown ? cursor.number : 0
            self.open(query, responder, at: number, hasBegun: number > 0)
        case .since(let time):
            let (store, responder) = (self.store, Handed(responder))
            self.queue.async {
                let cursor = Result { () throws(CollectorStoreError) in try store.cursor(before: time) }
                self.loop.execute {
                    switch cursor {
                    case .success(let cursor): self.open(query, responder.value, at: cursor, hasBegun: false)
                    case .failure(let error): responder.value.respond(Refusal(error))
                    }
                }
            }
        }
    }

    private func open(_ query: StreamQuery, _ responder: Responder, at cursor: Int64, hasBegun: Bool) {
        let end = query.follows ? nil : self.recent.last
        let viewer = Viewer(query, responder, store: self.store.id, cursor: cursor, end: end, hasBegun: hasBegun)
        let id = ObjectIdentifier(viewer)
        self.viewers[id] = viewer
        responder.onClose { [weak self] in self?.viewers.removeValue(forKey: id)?.leave() }
        responder.onDrained { [weak self, weak viewer] in
            guard let viewer else { return }
            viewer.isWritable = true
            viewer.missedBeats = 0
            self?.pump(viewer)
        }
        viewer.begin()
        // At once, so that a viewer knows where it stands though nothing comes.
        if query.follows { viewer.beat(newest: self.recent.last) }
        self.pump(viewer)
    }

    /// To be called again and again: tells silent viewers that all is well, and lets go of those that take nothing.
    func beat() {
        for (id, viewer) in self.viewers {
            guard viewer.isWritable else {
                viewer.missedBeats += 1
                guard viewer.missedBeats > self.limits.patience else { continue }
                self.stalled += 1
                self.viewers[id] = nil
                viewer.cut()
                continue
            }
            if !viewer.wasTold, !viewer.isBusy { viewer.beat(newest: self.recent.last) }
            viewer.wasTold = false
        }
    }

    /// Tells all viewers that the collector ends.
    func stop() {
        let viewers = self.viewers.values
        self.viewers = [:]
        for viewer in viewers { viewer.finish(.stopping, newest: self.recent.last) }
    }

    // MARK: One stream

    /// Sends what there is, until the socket is full or nothing is left.
    private func pump(_ viewer: Viewer) {
        while viewer.isWritable, !viewer.isBusy, !viewer.isOver {
            if viewer.isAtEnd { return self.finish(viewer, .end) }
            // Found by an index, not on the way through all.
            if case .request = viewer.query.selection { return self.read(viewer, through: self.recent.last) }
            switch self.recent.next(after: viewer.cursor) {
            case .nothing: return
            case .stored(let last): return self.read(viewer, through: last)
            case .piece(let piece):
                // A piece is sent whole or picked from: by its filter, or at its ends.
                let isWhole =
                    viewer.isPlain && piece.start == viewer.cursor && viewer.end.map { piece.last <= $0 } ?? true
                guard isWhole else { return self.pick(from: piece, for: viewer) }
                self.piecesSent += 1
                viewer.send(piece.bytes, through: piece.last, newest: self.recent.last, trimmed: 0)
            }
        }
    }

    private func finish(_ viewer: Viewer, _ state: StreamMark.State) {
        self.viewers[ObjectIdentifier(viewer)] = nil
        viewer.finish(state, newest: self.recent.last)
    }

    /// Elsewhere: a filter may take its time.
    private func pick(from piece: RecentLines.Piece, for viewer: Viewer) {
        viewer.isBusy = true
        let (query, cursor, end) = (viewer.query, viewer.cursor, viewer.end ?? .max)
        let viewer = Handed(viewer)
        self.queue.async {
            var lines: [UInt8] = []
            for stored in piece.records
            where stored.cursor > cursor && stored.cursor <= end && query.selects(stored.record) {
                lines += stored.record.line
                lines.append(UInt8(ascii: "\n"))
            }
            let bytes = lines
            self.loop.execute { self.sent(viewer.value, bytes, through: min(piece.last, end), trimmed: 0) }
        }
    }

    /// The next page of the store.
    private func read(_ viewer: Viewer, through last: Int64) {
        viewer.isBusy = true
        self.pagesRead += 1
        let (query, cursor) = (viewer.query, viewer.cursor)
        let last = min(last, viewer.end ?? .max, query.selection.isSparse ? cursor + Self.stretch : .max)
        let (store, viewer) = (self.store, Handed(viewer))
        self.queue.async {
            let page = Result { () throws(CollectorStoreError) in
                try store.lines(
                    query.selection,
                    after: cursor,
                    through: last,
                    limit: 500,
                    bytes: RecentLines.pieceBytes
                )
            }
            // Looked at afterwards: what was deleted before the page was read is not in it.
            let trimmed = store.trimmed
            let through = (try? page.get())?.last?.cursor ?? last
            let lines = page.map { query.text($0) }
            self.loop.execute {
                switch lines {
                case .success(let lines): self.sent(viewer.value, lines, through: through, trimmed: trimmed)
                case .failure: self.finish(viewer.value, .broken)
                }
            }
        }
    }

    private func sent(_ viewer: Viewer, _ lines: [UInt8], through cursor: Int64, trimmed: Int64) {
        viewer.isBusy = false
        guard !viewer.isOver else { return }
        viewer.send(lines, through: cursor, newest: self.recent.last, trimmed: trimmed)
        self.pump(viewer)
    }
}

extension CollectorStore.Selection {
    /// Looked for among all, without an index.
    fileprivate var isSparse: Bool {
        if case .function = self { true } else { false }
    }
}

extension StreamQuery {
    /// Whether a record is wanted.
    func selects(_ record: Record) -> Bool {
        switch self.selection {
        case .all: break
        case .function(let name): guard record.function == name else { return false }
        case .request(let name): guard record.requestID == name else { return false }
        }
        return self.filter?.matches(record, in: nil) ?? true
    }

    /// Lines of the store that a filter lets through, each with its end.
    func text(_ lines: [StoredLine]) -> [UInt8] {
        var text: [UInt8] = []
        for line in lines {
            if let filter {
                guard let record = try? Record(line: line.bytes), filter.matches(record, in: nil) else { continue }
            }
            text += line.bytes
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }
}

/// Carries what lives on the loop to another thread and back, untouched there.
struct Handed<Value>: @unchecked Sendable {
    // Unchecked: only code on the loop looks into it.
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}
