import LmonAgent
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct RecordQueueTests {
    private static func logs(_ count: Int, from first: Int = 1, length: Int = 100) -> [Record] {
        let text = String(repeating: "x", count: length)
        return Record.numbered((0..<count).map { _ in .log("r1", text) }, from: first)
    }

    @Test func aBatchComesAgainUntilItIsTaken() {
        var queue = RecordQueue(limit: 1 << 20, sink: "spool")
        queue.append(Self.logs(10))
        let size = queue.bytes / 10
        #expect(queue.batch(maximum: size * 3).map(\.sequence) == [1, 2, 3])
        queue.append(Self.logs(1, from: 11))
        #expect(queue.batch(maximum: size * 100).map(\.sequence) == [1, 2, 3])
        queue.taken()
        #expect(queue.batch(maximum: size * 100).map(\.sequence) == Array(4...11))
        queue.taken()
        #expect(queue.isEmpty && queue.bytes == 0)
        #expect(queue.batch(maximum: 1).isEmpty)
    }

    @Test func aBatchThatIsRefusedIsHalvedDownToTheOneThatIsGivenUp() {
        var queue = RecordQueue(limit: 1 << 20, sink: "spool")
        queue.append(Self.logs(8))
        var sizes: [Int] = []
        for _ in 1...4 {
            sizes.append(queue.batch(maximum: .max).count)
            queue.refuse()
        }
        #expect(sizes == [8, 4, 2, 1])
        let rest = queue.batch(maximum: .max)
        #expect(rest.map(\.sequence) == Array(1...8))
        #expect(Tombstone(rest[0])?.through == 1 && Tombstone(rest[1]) == nil)
    }

    @Test func theOldestBodiesGoFirstThenTheOldestRecords() {
        var queue = RecordQueue(limit: 20_000, sink: "spool")
        let body = String(repeating: "b", count: 3000)
        let ends = Record.numbered(
            (1...5).map {
                let payload = #"{"callId":"c\#($0)","bodies":{"response":{"text":"\#(body)","size":3000}}}"#
                return .make(.httpEnd, "r1", at: Double($0), payload)
            }
        )
        queue.append(ends)
        queue.append(Self.logs(60, from: 6))
        #expect(queue.bytes <= 20_000)
        #expect(queue.bodiesDropped > 0 && queue.dropped == 0)
        #expect(queue.count == 65)
        queue.append(Self.logs(200, from: 66))
        #expect(queue.bytes <= 20_000)
        let records = queue.batch(maximum: .max)
        #expect(Self.covered(records) == Set(1...265))
        #expect(Tombstone(records[0])?.count == queue.dropped)
    }

    /// Whatever comes, is taken, fails or is refused: within the limit, and every number arrives or lies under a tombstone.
    @Test(arguments: 1...50)
    func nothingGoesWithoutATombstone(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let limit = random.int(4000..<40_000)
        var queue = RecordQueue(limit: limit, sink: "spool")
        var arrived: [Record] = []
        var next = 1
        for _ in 0..<300 {
            switch random.int(0..<10) {
            case 0..<5:
                let count = random.int(1..<8)
                queue.append(Self.logs(count, from: next, length: random.int(1..<900)))
                next += count
            case 5..<8:
                arrived += queue.batch(maximum: random.int(100..<9000))
                queue.taken()
            case 8:
                _ = queue.batch(maximum: random.int(100..<9000))
                if random.chance(50) { queue.returned() }
            default:
                _ = queue.batch(maximum: random.int(100..<9000))
                queue.refuse()
            }
            // One that is under way cannot be let go.
            #expect(queue.bytes <= limit + 9000 + 1100)
        }
        while !queue.isEmpty {
            arrived += queue.batch(maximum: 5000)
            queue.taken()
        }
        #expect(queue.bytes == 0)
        #expect(Self.covered(arrived) == Set(1..<next))
        let numbers = arrived.filter { Tombstone($0) == nil }.map(\.sequence)
        #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
    }

    private static func covered(_ records: [Record]) -> Set<Int> {
        records.reduce(into: []) { set, record in
            set.formUnion(record.sequence...(Tombstone(record)?.through ?? record.sequence))
        }
    }
}
