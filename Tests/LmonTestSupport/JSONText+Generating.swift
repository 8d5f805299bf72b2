/// Random JSON texts, valid and spoilt, the same for the same seed.
package enum RandomJSON {
    /// A valid JSON text; white space, escapes, spellings of numbers and duplicate members included.
    package static func text(_ random: inout SeededGenerator, depth: Int = 4) -> [UInt8] {
        var bytes: [UInt8] = []
        self.value(&random, depth, &bytes)
        return bytes
    }

    /// The same with a few bytes changed, added, dropped or moved: mostly invalid.
    package static func mutated(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes = self.text(&random)
        for _ in 0..<random.int(1..<4) where !bytes.isEmpty {
            let index = random.int(0..<bytes.count)
            switch random.int(0..<5) {
            case 0: bytes[index] = self.nasty(&random)
            case 1: bytes.insert(self.nasty(&random), at: index)
            case 2: bytes.remove(at: index)
            case 3: bytes.removeSubrange(index...)
            default: bytes.swapAt(index, random.int(0..<bytes.count))
            }
        }
        return bytes
    }

    private static func nasty(_ random: inout SeededGenerator) -> UInt8 {
        random.chance(70)
            ? random.pick(Array(#"{}[],:"\/0123456789.eE+-truefalsn ub"#.utf8)) : UInt8(random.int(1..<256))
    }

    private static func value(_ random: inout SeededGenerator, _ depth: Int, _ bytes: inout [UInt8]) {
        self.space(&random, &bytes)
        switch random.int(0..<(depth > 0 ? 7 : 5)) {
        case 0: bytes += random.pick(["true", "false", "null"]).utf8
        case 1, 2: bytes += self.number(&random).utf8
        case 3, 4: bytes += self.string(&random)
        case 5: self.list("[", "]", &random, &bytes) { self.value(&$0, depth - 1, &$1) }
        default:
            self.list("{", "}", &random, &bytes) { random, bytes in
                self.space(&random, &bytes)
                bytes += self.string(&random)
                self.space(&random, &bytes)
                bytes.append(UInt8(ascii: ":"))
                self.value(&random, depth - 1, &bytes)
            }
        }
        self.space(&random, &bytes)
    }

    private static func list(
        _ open: String,
        _ close: String,
        _ random: inout SeededGenerator,
        _ bytes: inout [UInt8],
        element: (inout SeededGenerator, inout [UInt8]) -> Void
    ) {
        bytes += open.utf8
        let count = random.int(0..<4)
        for index in 0..<count {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            element(&random, &bytes)
        }
        if count == 0 { self.space(&random, &bytes) }
        bytes += close.utf8
    }

    private static func space(_ random: inout SeededGenerator, _ bytes: inout [UInt8]) {
        guard random.chance(20) else { return }
        bytes += random.pick([" ", "\n", "\r", "\t", "  \r\n\t"]).utf8
    }

    private static func number(_ random: inout SeededGenerator) -> String {
        var text = random.chance(30) ? "-" : ""
        text += random.chance(20) ? "0" : String(random.int(1..<1_000_000))
        if random.chance(40) { text += "." + String(random.int(0..<100_000)) }
        if random.chance(20) {
            text += random.pick(["e", "E"]) + random.pick(["", "+", "-"]) + String(random.int(0..<30))
        }
        return text
    }

    private static func string(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes = Array("\"".utf8)
        for _ in 0..<random.int(0..<14) {
            switch random.int(0..<8) {
            case 0: bytes += random.pick([#"\""#, #"\\"#, #"\/"#, #"\b"#, #"\f"#, #"\n"#, #"\r"#, #"\t"#]).utf8
            case 1:
                bytes +=
                    random.pick([#"\u0041"#, #"\u00e9"#, #"\u20AC"#, #"\ud83d\ude00"#, #"\u0000"#, #"\uFFFF"#]).utf8
            case 2: bytes += random.pick(["é", "€", "😀", "\u{7F}", "\u{10FFFF}"]).utf8
            default: bytes.append(random.pick(Array("abcXYZ 0123:,{}[]'/".utf8)))
            }
        }
        return bytes + "\"".utf8
    }
}
