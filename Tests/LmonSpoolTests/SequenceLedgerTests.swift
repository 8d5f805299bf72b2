import LmonRecord
import LmonSpool
import LmonTestSupport
import Testing

@Suite struct SequenceLedgerTests {
    private static let time = Timestamp(milliseconds: 1_000_000)

    private static func record(_ sequence: Int, _ environment: String = "E") -> Record {
        let observation = Observation(
            environment: environment,
            function: "f",
            time: Self.time,
            type: RecordType("function"),
            payload: Array(#""x""#.utf8)
        )
        return Record(observation, sequence: sequence, observed: Self.time)
    }

    private static func tombstone(_ numbers: ClosedRange<Int>) -> Record {
        Tombstone(
            first: numbers.lowerBound,
            through: numbers.upperBound,
            count: numbers.count,
            reason: "full",
            sink: "spool"
        ).record(environment: "E", function: "f", time: Self.time, observed: Self.time)
    }

    @Test func eachNumberOnce() {
        var ledger = SequenceLedger()
        func admits(_ record: Record) -> Bool { ledger.admit(record) }
        #expect(admits(Self.record(1)))
        #expect(!admits(Self.record(1)))
        #expect(admits(Self.record(1, "other")))
        #expect(admits(Self.record(3)))
        #expect(ledger.gaps(of: "E", in: 1...4) == [2...2, 4...4])
        #expect(ledger.gaps(of: "nobody", in: 1...2) == [1...2])
        #expect(ledger.last(of: "E") == 3)
        #expect(ledger.environments == 2)
    }

    /// A record replaces a tombstone, never the reverse.
    @Test func tombstonesAccountAndDoNotBar() {
        var ledger = SequenceLedger()
        func admits(_ record: Record) -> Bool { ledger.admit(record) }
        #expect(admits(Self.record(3)))
        #expect(admits(Self.tombstone(1...5)))
        #expect(!admits(Self.tombstone(2...4)))
        #expect(ledger.gaps(of: "E", in: 1...6) == [6...6])
        #expect(admits(Self.record(4)))
        #expect(!admits(Self.record(4)))
        #expect(!admits(Self.tombstone(1...5)))
        #expect(ledger.last(of: "E") == 5)
    }
}
