import LmonRecord
import LmonS3
import LmonSpool
import LmonTestSupport
import Testing

@Suite struct BatchKeyTests {
    private static let name = BatchName(
        function: "orders",
        formed: 1_795_428_000_123,
        environment: "01KAR4W5T7M1QX8F2V9Z3C6B0D",
        numbers: 1...42
    )
    private static let key =
        "p/v1/orders/2026/11/23/10/1795428000123-01KAR4W5T7M1QX8F2V9Z3C6B0D-0000000001-0000000042.ndjson.gz"

    @Test func written() {
        #expect(BatchKey.key(Self.name, prefix: "p/") == Self.key)
        #expect(BatchKey.name(Self.key, prefix: "p/") == Self.name)
        #expect(BatchKey.name(Self.key, prefix: "") == nil)
        #expect(BatchKey.folder(function: "orders", prefix: "p/") == "p/v1/orders/")
    }

    /// What is not written so is not ours, however near it comes.
    @Test(arguments: [
        ("10/", "11/"), ("/2026/", "/2025/"), ("-0000000042", "-42"), ("-0000000042", "-0000000000"),
        ("0000000001-", "0000000043-"), ("0000000001-", "0000000000-"), ("1795428000123", "795428000123"),
        ("1795428000123", "179542800012x"), (".ndjson.gz", ".ndjson"), (".ndjson.gz", ".ndjson.gz.tmp"),
        ("-01KAR4W5T7M1QX8F2V9Z3C6B0D-", "-"), ("-01KAR4W5T7M1QX8F2V9Z3C6B0D-", "--"), ("orders/", "orders//"),
        ("v1/", "v2/"), ("orders", ""), ("orders", "or%64ers"), ("orders", "or%ders"), ("orders", "a/b"),
        ("-0000000042", "-+000000042"),
    ])
    func foreign(part: String, other: String) {
        let key = Self.key.replacingFirst(part, with: other)
        #expect(key != Self.key)
        #expect(BatchKey.name(key, prefix: "p/") == nil, "\(key)")
    }

    /// Later batches sort behind earlier ones, and the start of a time lies between them.
    @Test func keysSortByTime() {
        var random = SeededGenerator(seed: 12)
        let times = (0..<200).map { _ in Int64(random.int(0..<2_000_000_000)) * 1000 + Int64(random.int(0..<1000)) }
            .sorted()
        let keys = times.map {
            BatchKey.key(BatchName(function: "f", formed: $0, environment: "E", numbers: 1...2), prefix: "")
        }
        #expect(keys == keys.sorted())
        for (time, key) in zip(times, keys) {
            #expect(BatchKey.start(function: "f", at: time, prefix: "") < key)
            #expect(BatchKey.start(function: "f", at: time + 1, prefix: "") > key)
        }
        #expect(BatchKey.start(function: "f", at: -5, prefix: "") == BatchKey.start(function: "f", at: 0, prefix: ""))
        #expect(BatchKey.start(function: "f", at: .max, prefix: "").hasSuffix("9999999999999"))
    }

    /// Names that no function of AWS has, and that one on this machine may have.
    @Test(arguments: ["a/b", "..", ".", "a b", "ü", "%", "a-b_c.d~e", "x\ny", "1-2-3-4"])
    func namesOfAnyKind(name: String) {
        for batch in [
            BatchName(function: name, formed: 5, environment: "E", numbers: 1...1),
            BatchName(function: "f", formed: 5, environment: name, numbers: 7...9_999_999_999),
        ] {
            let key = BatchKey.key(batch, prefix: "a/b/")
            #expect(BatchKey.name(key, prefix: "a/b/") == batch, "\(key)")
            #expect(key.split(separator: "/").count == 9)
            #expect(key.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        }
        #expect(
            BatchKey.function(BatchKey.folder(function: name, prefix: "").dropFirst(3).dropLast().description) == name
        )
    }

    @Test func aBatchIsNamedByWhatItSpeaksFor() throws {
        let time = Timestamp(milliseconds: 1000)
        let observations = (0..<3).map { _ in
            Observation(environment: "E", function: "f", time: time, type: .dropped, payload: Array("{}".utf8))
        }
        let records = Record.numbered(observations, from: 5)
        #expect(BatchName(of: records, formed: 9)?.numbers == 5...7)
        let tombstone = Tombstone(first: 8, through: 20, count: 13, reason: "full", sink: "spool")
            .record(environment: "E", function: "f", time: time, observed: time)
        #expect(BatchName(of: records + [tombstone], formed: 9)?.numbers == 5...20)
        #expect(BatchName(of: [], formed: 9) == nil)
    }

    @Test func garbageIsForeign() {
        var random = SeededGenerator(seed: 99)
        var ours = 0
        for _ in 0..<20_000 {
            var bytes = Array(Self.key.utf8)
            for _ in 0..<random.int(1..<4) where !bytes.isEmpty {
                let index = random.int(0..<bytes.count)
                switch random.int(0..<4) {
                case 0: bytes[index] = random.pick(Array("0123456789-/%.vgz\u{7F} é".utf8))
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(random.pick(Array("0-/%".utf8)), at: index)
                default: bytes.removeSubrange(index...)
                }
            }
            let key = String(decoding: bytes, as: UTF8.self)
            guard let name = BatchKey.name(key, prefix: "p/") else { continue }
            ours += 1
            #expect(BatchKey.key(name, prefix: "p/") == key)
        }
        // Another digit or another function's letter is as good.
        #expect(ours > 100)
    }
}

extension String {
    fileprivate func replacingFirst(_ part: String, with other: String) -> String {
        guard let range = self.firstRange(of: part) else { return self }
        return self.replacingCharacters(range, other)
    }

    private func replacingCharacters(_ range: Range<String.Index>, _ other: String) -> String {
        String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }
}
