import Testing

@testable import LmonEmulator

@Suite struct LogAssemblerTests {
    @Test func linesAreWholeHoweverTheyCome() {
        var assembler = LogAssembler(.lines)
        #expect(assembler.append(Array("a\nb".utf8)).map(text) == ["a"])
        #expect(assembler.append(Array("c\r\n\nd".utf8)).map(text) == ["bc", ""])
        #expect(assembler.flush().map(text) == ["d"])
        #expect(assembler.flush().isEmpty)
    }

    @Test func aLineWithoutAnEndComesInPieces() {
        var assembler = LogAssembler(.lines)
        let long = [UInt8](repeating: 120, count: LogAssembler.maximumLength + 5)
        #expect(assembler.append(long).map(\.message.count) == [LogAssembler.maximumLength])
        #expect(assembler.append([10]).map(\.message.count) == [5])
    }

    @Test(arguments: 1...40) func framesAreWholeHoweverTheyCome(size: Int) {
        var assembler = LogAssembler(.frames)
        let bytes = frame("one\ntwo\n", 5) + frame("", 6) + frame("three", 7)
        var events: [LogAssembler.Event] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            events += assembler.append(bytes[start..<min(start + size, bytes.count)])
        }
        #expect(events.map(text) == ["one\ntwo", "", "three"])
        #expect(events.map(\.microseconds) == [5, 6, 7])
    }

    @Test func whatIsNoFrameIsLines() {
        var assembler = LogAssembler(.frames)
        #expect(assembler.append(Array("this is not a frame\n".utf8)).map(text) == ["this is not a frame"])
    }

    @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{0}ÿ"]) func base64ThereAndBack(text: String)
    {
        #expect(Base64.decode(Base64.encode(Array(text.utf8)).utf8) == Array(text.utf8))
    }

    @Test func base64HasItsPadding() {
        #expect(["f", "fo", "foo"].map { Base64.encode(Array($0.utf8)) } == ["Zg==", "Zm8=", "Zm9v"])
        #expect(Base64.decode("Z g".utf8) == nil)
    }

    @Test func theOldestEventsAreLetGoFirst() {
        var kept = KeptEvents(limit: 1000)
        for number in 0..<5000 { kept.keep([UInt8](repeating: 1, count: 44), "r\(number)") }
        #expect(kept["r4996"] == nil)
        #expect((4997...4999).allSatisfy { kept["r\($0)"]?.count == 44 })
    }

    @Test func identifiersAreUUIDs() {
        var identifiers = Identifiers()
        let requestID = identifiers.requestID()
        #expect(requestID.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
        #expect(Array(requestID)[14] == "4")
        #expect("89ab".contains(Array(requestID)[19]))
        #expect(identifiers.requestID() != requestID)
        let trace = identifiers.traceID(seconds: 0x6543_2100)
        #expect(trace.hasPrefix("Root=1-65432100-") && trace.hasSuffix(";Sampled=0"))
        #expect(trace.split(separator: ";").map(\.count) == [40, 23, 9])
    }
}

private func text(_ event: LogAssembler.Event) -> String { String(decoding: event.message, as: UTF8.self) }

private func frame(_ text: String, _ time: UInt64) -> [UInt8] {
    let count = UInt32(text.utf8.count)
    return [0xA5, 0x5A, 0, 3] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
        + (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * UInt64($0))) } + Array(text.utf8)
}
