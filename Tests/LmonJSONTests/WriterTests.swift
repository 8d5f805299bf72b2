import Foundation
import LmonJSON
import LmonTestSupport
import Testing

@Suite struct WriterTests {
    private func text(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func putsCommasWhereTheyBelong() {
        let text = self.text {
            $0.object {
                $0.member("a", 1)
                $0.array("b") {
                    $0.int(1)
                    $0.object { _ in }
                    $0.array { _ in }
                    $0.null()
                }
                $0.object("c") { $0.member("d", "e") }
                $0.member("f", raw: Array("[1]".utf8))
                $0.member("g", true)
            }
        }
        #expect(text == #"{"a":1,"b":[1,{},[],null],"c":{"d":"e"},"f":[1],"g":true}"#)
    }

    @Test func leavesOutWhatIsNil() {
        let text = self.text {
            $0.object {
                $0.member("a", String?.none)
                $0.member("b", Int?.none)
                $0.member("c", Double?.none)
                $0.member("d", Bool?.none)
                $0.member("e", 0)
            }
        }
        #expect(text == #"{"e":0}"#)
    }

    @Test(arguments: [
        (0.0, "0"), (-0.0, "0"), (1, "1"), (0.1, "0.1"), (-2.5, "-2.5"), (1e14, "100000000000000"),
        (1e15, "1000000000000000.0"), (1e16, "1e+16"),
        (1e-7, "1e-07"),
        (.infinity, "null"), (.nan, "null"),
    ])
    func writesNumbers(value: Double, expected: String) {
        #expect(self.text { $0.double(value) } == expected)
    }

    @Test(arguments: 1...100)
    func writesDoublesThatReadBackTheSame(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            var scanner = JSONScanner(Array(self.text { $0.double(value) }.utf8))
            #expect(try scanner.double() == value)
            try scanner.finish()
        }
    }

    @Test(arguments: 1...100)
    func writesStringsThatFoundationReadsBack(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var scalars = String.UnicodeScalarView()
        for _ in 0..<60 {
            let limit = random.pick([0x80, 0x80, 0x800, 0x11_0000])
            if let scalar = Unicode.Scalar(UInt32(random.int(0..<limit))) { scalars.append(scalar) }
        }
        let value = String(scalars)
        let text = self.text { $0.string(value) }
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 })
        let theirs = try JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed]) as? String
        #expect(theirs.map { Array($0.unicodeScalars) } == Array(scalars))
        #expect(try JSONValue(parsing: text) == .string(value))
    }

    @Test func replacesWhatIsNotUTF8() {
        #expect(self.text { $0.string(utf8: [0x61, 0xFF, 0x62]) } == "\"a\u{FFFD}b\"")
    }
}
