import LmonScreen
import LmonTerminal
import Testing

@Suite struct InputDecoderTests {
    private static let table: [(String, [Input])] = [
        ("a", [.key(.character("a"))]), ("é日👍", [.key(.character("é")), .key(.character("日")), .key(.character("👍"))]),
        ("\r", [.key(.enter)]), ("\n", [.key(.control("j"))]), ("\u{1B}\r", [.key(.control("j"))]),
        ("\t", [.key(.tab)]), ("\u{7F}", [.key(.backspace)]),
        ("\u{3}", [.key(.control("c"))]), ("\u{1A}", [.key(.control("z"))]), ("\0", [.key(.control("@"))]),
        ("\u{1C}", [.key(.control("\\"))]),
        ("\u{1B}[A", [.key(.up)]), ("\u{1B}OB", [.key(.down)]), ("\u{1B}[C", [.key(.right)]),
        ("\u{1B}OD", [.key(.left)]),
        ("\u{1B}[H", [.key(.home)]), ("\u{1B}[1~", [.key(.home)]), ("\u{1B}[7~", [.key(.home)]),
        ("\u{1B}[F", [.key(.end)]),
        ("\u{1B}[4~", [.key(.end)]), ("\u{1B}[5~", [.key(.pageUp)]), ("\u{1B}[6~", [.key(.pageDown)]),
        ("\u{1B}[3~", [.key(.delete)]), ("\u{1B}[Z", [.key(.shiftTab)]), ("\u{1B}[1;5C", [.key(.right)]),
        ("\u{1B}OP", [.key(.function(1))]), ("\u{1B}[15~", [.key(.function(5))]), ("\u{1B}[24~", [.key(.function(12))]),
        ("\u{1B}[[B", [.key(.function(2))]), ("\u{1B}x", [.key(.alt("x"))]), ("\u{1B}é", [.key(.alt("é"))]),
        ("\u{1B}[<0;10;5M", [.mouse(MouseEvent(.press(button: 1), at: .init(column: 9, row: 4)))]),
        ("\u{1B}[<0;10;5m", [.mouse(MouseEvent(.release, at: .init(column: 9, row: 4)))]),
        ("\u{1B}[<64;300;200M", [.mouse(MouseEvent(.wheelUp, at: .init(column: 299, row: 199)))]),
        ("\u{1B}[<65;1;1M", [.mouse(MouseEvent(.wheelDown, at: .init(column: 0, row: 0)))]),
        ("\u{1B}[M !!", [.mouse(MouseEvent(.press(button: 1), at: .init(column: 0, row: 0)))]),
        ("\u{1B}[200~a\u{1B}[31mb\u{1B}[201~c", [.paste("a\u{1B}[31mb"), .key(.character("c"))]),
        ("\u{1B}[200~\u{1B}[201~", [.paste("")]), ("\u{1B}[?1;2c", []), ("\u{1B}[99~x", [.key(.character("x"))]),
    ]

    @Test(arguments: Self.table)
    func decodes(bytes: String, expected: [Input]) {
        var decoder = InputDecoder()
        #expect(decoder.decode(bytes.utf8) == expected)
        #expect(!decoder.isWaiting)
    }

    @Test(arguments: Self.table)
    func decodesTheSameOneByteAtATime(bytes: String, expected: [Input]) {
        var decoder = InputDecoder()
        #expect(bytes.utf8.flatMap { decoder.decode([$0]) } == expected)
        #expect(!decoder.isWaiting)
    }

    @Test(arguments: [
        ("\u{1B}", [Input.key(.escape)]), ("\u{1B}[", [.key(.alt("["))]), ("\u{1B}[1;", []),
        ("\u{1B}O", [.key(.alt("O"))]),
    ])
    func whatIsHeldIsDecidedWhenNothingFollows(bytes: String, expected: [Input]) {
        var decoder = InputDecoder()
        #expect(decoder.decode(bytes.utf8) == [])
        #expect(decoder.isWaiting)
        #expect(decoder.flush() == expected)
        #expect(!decoder.isWaiting)
    }

    @Test func twoEscapesAreTwo() {
        var decoder = InputDecoder()
        #expect(decoder.decode([0x1B, 0x1B]) + decoder.flush() == [.key(.escape), .key(.escape)])
    }

    @Test func bytesThatAreNotUTF8AreSeen() {
        var decoder = InputDecoder()
        let replacement = Input.key(.character("\u{FFFD}"))
        #expect(decoder.decode([0xFF, 0x61]) == [replacement, .key(.character("a"))])
        #expect(decoder.decode([0xC3, 0x28]) == [replacement, .key(.character("("))])
        #expect(decoder.decode([0xE3, 0x81]) + decoder.flush() == [replacement])
    }

    @Test func aPasteIsNotInterruptedByTimeAndIsBounded() {
        var decoder = InputDecoder()
        #expect(decoder.decode("\u{1B}[200~abc".utf8) == [])
        #expect(!decoder.isWaiting)
        #expect(decoder.decode(repeatElement(UInt8(ascii: "x"), count: 2 << 20)) == [])
        guard case .paste(let text)? = decoder.decode("\u{1B}[201~".utf8).first else {
            Issue.record("no paste")
            return
        }
        #expect(text.utf8.count == 1 << 20)
    }

    @Test func garbageNeitherTrapsNorGrows() {
        var state: UInt64 = 11
        var decoder = InputDecoder()
        for _ in 0..<50_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let byte = UInt8(truncatingIfNeeded: state >> 33)
            let alphabet = Array("\u{1B}[<;0123456789MmO~A".utf8)
            _ = decoder.decode([state >> 60 < 3 ? byte : alphabet[Int(byte) % alphabet.count]])
        }
        _ = decoder.decode("\u{1B}[201~".utf8)
        _ = decoder.flush()
        #expect(decoder.decode([0x61]).last == .key(.character("a")))
    }
}
