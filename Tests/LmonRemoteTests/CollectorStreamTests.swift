import LmonRecord
import LmonSpool
import LmonTestSupport
import Testing

@testable import LmonRemote

@Suite struct CollectorStreamTests {
    private static let records = Record.numbered((1...6).map { .log("r\($0)", "line \($0)") })

    private static func mark(_ number: Int64) -> StreamMark {
        StreamMark(cursor: SpoolCursor(store: "s", number: number), newest: 6)
    }

    private static let bytes: [UInt8] =
        records[..<2].flatMap { $0.line + [0x0A] } + mark(2).line + mark(2).line
        + records[2...].flatMap { $0.line + [0x0A] } + mark(6).line

    private func pieces(_ elements: [CollectorStream.Element]) -> [[Int]] {
        elements.compactMap { element in
            guard case .piece(let records, let mark) = element else { return nil }
            return records.map(\.sequence) + [Int(mark.cursor.number)]
        }
    }

    /// However the network cuts it.
    @Test(arguments: [1, 2, 3, 7, 64, 1000, 100_000])
    func piecesComeWholeAndInOrder(size: Int) {
        var stream = CollectorStream()
        var elements: [CollectorStream.Element] = []
        for start in stride(from: 0, to: Self.bytes.count, by: size) {
            elements += stream.append(Array(Self.bytes[start..<min(start + size, Self.bytes.count)]))
        }
        #expect(self.pieces(elements) == [[1, 2, 2], [2], [3, 4, 5, 6, 6]])
        #expect(elements.count == 3)
    }

    /// Wherever a connection breaks: what was handed on is what the marks speak for, and the rest comes from there.
    @Test func whatIsNotMarkedIsNotHandedOn() {
        for end in Self.bytes.indices {
            var stream = CollectorStream()
            let pieces = self.pieces(stream.append(Array(Self.bytes[..<end])))
            let sequences = pieces.flatMap { $0.dropLast() }
            #expect(sequences == Array(1...6).filter { $0 <= pieces.last?.last ?? 0 })
        }
    }

    @Test func whatIsNoRecordIsPassedOver() {
        var stream = CollectorStream()
        let long = [UInt8](repeating: 0x78, count: Record.maximumLength + 100)
        let elements = stream.append(
            Array("no\n\n".utf8) + long + [0x0A] + Self.records[0].line + [0x0A] + Self.mark(1).line
        )
        #expect(elements.count == 3)
        #expect(self.pieces(elements) == [[1, 1]])
    }
}
