import LmonJSON
import LmonModel
import LmonTestSupport
import Testing

@Suite struct JSONDiffTests {
    private static func value(_ text: String) -> JSONValue {
        guard let value = try? JSONValue(parsing: text) else { preconditionFailure(text) }
        return value
    }

    static func lines(_ diff: JSONDiff) -> [String] {
        diff.changes.map { change in
            func text(_ value: JSONValue) -> String { String(decoding: value.bytes, as: UTF8.self) }
            return switch change {
            case .added(let path, let value): "+ \(path): \(text(value))"
            case .removed(let path, let value): "- \(path): \(text(value))"
            case .changed(let path, let old, let new): "~ \(path): \(text(old)) → \(text(new))"
            }
        }
    }

    @Test(arguments: [
        (#"{"user":4}"#, #"{"user":5}"#, ["~ /user: 4 → 5"]),
        (#"{"order":{"items":[4,7]}}"#, #"{"order":{"items":[4,7,9]}}"#, ["+ /order/items/2: 9"]),
        ("[1,2,3,4]", "[1,3,4]", ["- /1: 2"]),
        ("[1,2,3,4]", "[0,1,2,3,4]", ["+ /0: 0"]),
        (#"[{"a":1},{"b":2}]"#, #"[{"a":1},{"b":3}]"#, ["~ /1/b: 2 → 3"]),
        (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, []),
        (#"{"a":1,"a":2}"#, #"{"a":1}"#, ["- /a: 2"]),
        (#"{"a":1}"#, #"{"a":1,"a":2}"#, ["+ /a: 2"]),
        (#"{"a/b":1,"c~":1}"#, #"{"a/b":2,"c~":3}"#, ["~ /a~1b: 1 → 2", "~ /c~0: 1 → 3"]),
        ("1", #"{"a":1}"#, [#"~ : 1 → {"a":1}"#]),
        (#"{"a":null}"#, "{}", ["- /a: null"]),
        ("1.0", "1", ["~ : 1.0 → 1"]),
        ("[]", #"{}"#, ["~ : [] → {}"]),
    ])
    func namesWhatDiffersByItsPath(old: String, new: String, expected: [String]) {
        #expect(Self.lines(JSONDiff(from: Self.value(old), to: Self.value(new))) == expected)
    }

    @Test func theLimitIsKeptAndTheRestCounted() {
        let old = Self.value("[" + (0..<100).map(String.init).joined(separator: ",") + "]")
        let new = Self.value("[" + (100..<200).map(String.init).joined(separator: ",") + "]")
        let diff = JSONDiff(from: old, to: new, limit: 10)
        #expect(diff.changes.count == 10)
        #expect(diff.omitted == 90)
    }

    /// Long lists that share nothing must not take the time of all pairs.
    @Test func longListsAreAlignedAtTheirEnds() {
        let numbers = (0..<20_000).map { JSONValue.number("\($0)") }
        let old = JSONValue.array([.number("-1")] + numbers.map { .array([$0]) } + [.string("end")])
        let new = JSONValue.array([.number("-1")] + numbers.reversed().map { .array([$0]) } + [.string("end")])
        let diff = JSONDiff(from: old, to: new, limit: 5)
        #expect(diff.count == 20_000)
    }

    @Test(arguments: 0..<200)
    func nothingDiffersFromItselfAndTheWayBackIsTheMirror(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let old = Self.value(String(decoding: RandomJSON.text(&random), as: UTF8.self))
        let new = Self.value(String(decoding: RandomJSON.text(&random), as: UTF8.self))
        #expect(JSONDiff(from: old, to: old).count == 0)
        // Wrapped, so that there is something in common.
        let (left, right) = (JSONValue.array([old, .null, new]), JSONValue.array([.null, new, old]))
        let there = JSONDiff(from: left, to: right)
        let back = JSONDiff(from: right, to: left)
        #expect((there.count == 0) == (back.count == 0))
        #expect(left == right || there.count > 0)
    }

    /// Putting what was added to one side only, and back, leaves nothing: seen by counting.
    @Test(arguments: 0..<100)
    func oneElementMoreIsOneDifference(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed) + 1_000)
        let elements = (0..<random.int(0..<8)).map { _ in
            Self.value(String(decoding: RandomJSON.text(&random, depth: 2), as: UTF8.self))
        }
        let place = random.int(0..<(elements.count + 1))
        var more = elements
        more.insert(.string("one of a kind"), at: place)
        let diff = JSONDiff(from: .array(elements), to: .array(more))
        #expect(Self.lines(diff) == ["+ /\(place): \"one of a kind\""])
        let back = JSONDiff(from: .array(more), to: .array(elements))
        #expect(Self.lines(back) == ["- /\(place): \"one of a kind\""])
    }
}
