import LmonModel
import LmonTestSupport
import Testing

@Suite struct TextRegexTests {
    private func found(_ pattern: String, flags: String = "", _ text: [UInt8]) throws -> Bool {
        let regex = try TextRegex(pattern, flags: flags)
        return text.withUnsafeBufferPointer { regex.isFound(in: $0) }
    }

    @Test(arguments: [
        ("grüße", "GRÜSSE GRÜßE", true), ("Grüße", "grüße", false), (#"\S+@\S+"#, "Mail to A@B", true),
        (#"\p{Lu}x"#, "ÄX", true), (#"\x{c4}"#, "ä", true), ("^b$", "a\nb\nc", true), ("a.b", "a\nb", false),
        ("", "", true), ("👩‍👩‍👧", "a 👩‍👩‍👧 b", true), (#"\d"#, "٣", false),
    ])
    func finds(pattern: String, text: String, expected: Bool) throws {
        #expect(try self.found(pattern, Array(text.utf8)) == expected)
    }

    @Test func textThatIsNotUTF8ThroughoutIsSearchedAllTheSame() throws {
        #expect(try self.found("ada", Array("x".utf8) + [0xFF, 0xC3] + Array("Ada".utf8)))
        #expect(try !self.found("x.ada", Array("x".utf8) + [0xFF] + Array("ada".utf8)))
    }

    @Test func thePlaceIsInBytes() throws {
        let text = Array("é ada ada".utf8)
        let regex = try TextRegex("ada")
        let places = text.withUnsafeBufferPointer { [regex.range(in: $0, from: 0), regex.range(in: $0, from: 4)] }
        #expect(places == [3..<6, 7..<10])
    }

    @Test func equalTextsAreEqual() throws {
        #expect(try TextRegex("a") == TextRegex("a"))
        #expect(try TextRegex("a") != TextRegex("a", flags: "i"))
        #expect(try Set([TextRegex("a"), TextRegex("a"), TextRegex("b")]).count == 2)
    }

    /// Each would run for years. That the test ends is what it shows.
    @Test(arguments: [
        "(a+)+$", "(a|aa)+$", "(.*)*!!", "((a*)*)*!!", #"^(([a-z])+.)+[A-Z]([a-z])+$"#, "(?:(?:a?){30}){30}!!",
    ])
    func aHostilePatternIsGivenUpAndCounted(pattern: String) throws {
        let regex = try TextRegex(pattern)
        let text = Array((String(repeating: "a", count: 5_000) + "!").utf8)
        for _ in 0..<5 { #expect(!text.withUnsafeBufferPointer { regex.isFound(in: $0) }) }
        #expect(regex.givenUp == 5)
    }

    @Test func aFilterSaysHowOftenItGaveUp() throws {
        let filter = try Filter("cold or not (host~/(a+)+$/ or /(b+)+$/)")
        #expect(filter.givenUp == 0)
        let text = String(repeating: "b", count: 5_000) + "!"
        let model = folded([.start("r1"), .log("r1", text), .report("r1")])
        for invocation in model.detailed { _ = filter.matches(invocation) }
        #expect(filter.givenUp == 1)
        #expect(try Filter("cold").givenUp == 0)
    }

    @Test func manyThreadsMayUseOne() async throws {
        let regex = try TextRegex(#"(\d+)-(\d+)"#)
        let counts = await withTaskGroup(of: Int.self) { group in
            for task in 0..<8 {
                group.addTask {
                    (0..<500).count { number in
                        Array("x \(number)-\(task)".utf8).withUnsafeBufferPointer { regex.isFound(in: $0) }
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(counts == 4_000)
    }

    /// Whatever a pattern is, it is refused or it ends.
    @Test(arguments: 1...300)
    func anyPatternEnds(seed: UInt64) throws {
        let pieces = [
            "a", "b", "(", ")", "[", "]", "*", "+", "?", "{2,}", "|", "\\", "^", "$", ".", "\\d", "(?=", "(?R)", "(?1)",
            "\\1", "(*COMMIT)", "(?i)", "\\K", "é", "\\p{L}", "(?<n>", "\\Q", "[[:alpha:]]", "{,3}", "(?C)", "\u{0}",
        ]
        var random = SeededGenerator(seed: seed)
        let pattern = (0..<random.int(1..<12)).map { _ in random.pick(pieces) }.joined()
        let text = Array(String(repeating: "aabé\u{0}b ", count: 200).utf8)
        do throws(TextRegex.Mistake) {
            let regex = try TextRegex(pattern)
            if let range = text.withUnsafeBufferPointer({ regex.range(in: $0, from: 0) }) {
                #expect((0...text.count).contains(range.upperBound))
            }
        } catch {
            #expect((0...pattern.unicodeScalars.count).contains(error.offset) && !error.reason.isEmpty)
        }
    }
}
