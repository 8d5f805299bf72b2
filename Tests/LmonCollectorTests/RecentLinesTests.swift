import LmonRecord
import LmonStore
import LmonTestSupport
import Testing

@testable import LmonCollector

@Suite struct RecentLinesTests {
    private func stored(_ cursors: ClosedRange<Int64>, bytes: Int = 100) -> [StoredRecord] {
        cursors.map { StoredRecord(cursor: $0, record: record(Int($0), text: String(repeating: "x", count: bytes))) }
    }

    /// What a reader gets that begins at a place, until it is at the end or has to read the store.
    private func read(_ recent: RecentLines, after start: Int64) -> (cursors: [Int64], stored: Int64?) {
        var (cursor, cursors) = (start, [Int64]())
        while true {
            switch recent.next(after: cursor) {
            case .nothing: return (cursors, nil)
            case .stored(let through): return (cursors, through)
            case .piece(let piece):
                #expect(piece.start <= cursor && piece.last > cursor)
                #expect(piece.bytes == piece.records.flatMap { $0.record.line + [0x0A] })
                cursors += piece.records.map(\.cursor).filter { $0 > cursor }
                cursor = piece.last
            }
        }
    }

    @Test func aReaderGetsEachLineOnceFromWhereverItStands() {
        var recent = RecentLines(limit: 1 << 20, last: 10)
        recent.append(self.stored(11...500))
        // Some places are never taken.
        recent.append(self.stored(510...520))
        for start in [10, 11, 99, 250, 500, 505, 519] as [Int64] {
            let (cursors, stored) = self.read(recent, after: start)
            #expect(cursors == (Array(11...500) + Array(510...520)).filter { $0 > start })
            #expect(stored == nil)
        }
        #expect(self.read(recent, after: 520).cursors.isEmpty)
        #expect(self.read(recent, after: 9).stored == 10)
    }

    @Test func theOldestPiecesGoAndTheStoreHasThem() throws {
        var recent = RecentLines(limit: 256 << 10, last: 0)
        for start in stride(from: Int64(1), to: 5000, by: 50) { recent.append(self.stored(start...start + 49)) }
        let through = try #require(self.read(recent, after: 0).stored)
        #expect(through > 3000)
        #expect(self.read(recent, after: through).cursors == Array(through + 1...5000))
        // A single line may be longer than all that is kept.
        recent.append(self.stored(5001...5001, bytes: 500_000))
        #expect(self.read(recent, after: 5000).cursors == [5001])
    }

    @Test func anEmptyOneSendsReadersToTheStore() {
        let recent = RecentLines(limit: 1000, last: 7)
        #expect(self.read(recent, after: 7).stored == nil)
        #expect(self.read(recent, after: 3).stored == 7)
    }
}
