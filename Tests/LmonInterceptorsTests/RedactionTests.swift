import Foundation
import LmonInterceptors
import LmonJSON
import LmonRecord
import LmonTestSupport
import Testing

/// The vectors that the interceptors' own redaction is held to as well.
@Suite struct RedactionTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String
        let kind: String
        let type: String
        let input: String
        let output: String

        var testDescription: String { self.name }

        func redacted(_ text: String) -> String {
            let redaction = Redaction()
            return switch self.kind {
            case "url": redaction.url(text)
            case "header": redaction.header(self.type, value: text)
            default: redaction.body(text, contentType: self.type)
            }
        }

        static let all: [Self] = {
            let file = Node.fixtures.appending(path: "Redaction.json")
            guard let data = try? Data(contentsOf: file), let value = try? JSONValue(parsing: Array(data)),
                case .array(let vectors) = value
            else { return [] }
            return vectors.map { vector in
                let member = { (name: String) in vector[name]?.string ?? "" }
                return Self(
                    name: member("name"),
                    kind: member("kind"),
                    type: member("type"),
                    input: member("input"),
                    output: member("output")
                )
            }
        }()
    }

    @Test func vectorsAreThere() {
        #expect(Vector.all.count > 50)
    }

    @Test(arguments: Vector.all)
    func secretsAreReplacedAndTheRestStays(vector: Vector) {
        #expect(vector.redacted(vector.input) == vector.output)
    }

    @Test(arguments: Vector.all)
    func redactingTwiceChangesNothing(vector: Vector) {
        #expect(vector.redacted(vector.output) == vector.output)
    }

    @Test(arguments: Vector.all)
    func noCutLetsASecretThrough(vector: Vector) {
        for secret in ["hunter2", "my secret"] where vector.kind == "body" && vector.input.contains(secret) {
            for end in vector.input.indices {
                let safe = vector.redacted(String(vector.input[..<end]))
                #expect(!safe.contains(secret.prefix(4)), "cut to \(vector.input[..<end])")
            }
        }
    }

    @Test func furtherNamesAreRedacted() {
        let redaction = Redaction(alsoNames: ["E-Mail", "x-tenant"])
        #expect(redaction.body(#"{"userEmail":"a@b.test","n":1}"#) == #"{"userEmail":"‹redacted›","n":1}"#)
        #expect(redaction.header("X-Tenant", value: "7") == "‹redacted›")
        #expect(redaction.body("") == "")
    }

    @Test func rulesAreTheInterceptors() async throws {
        let node = try #require(Node.all.first)
        let (output, _) = try await node.run("rules.cjs", [Self.source.path])
        let rules = try JSONValue(parsing: output)
        let list = { (name: String) -> [String] in
            guard case .array(let elements) = rules[name] else { return [] }
            return elements.compactMap(\.string)
        }
        #expect(rules["marker"]?.string == RedactionRules.marker)
        #expect(list("headers") == RedactionRules.headers)
        #expect(list("keys") == RedactionRules.keys)
        #expect(list("plain") == RedactionRules.plain)
        #expect(list("numbers") == RedactionRules.numbers)
        #expect(list("services") == RedactionRules.services)
        #expect(list("targets") == RedactionRules.targets)
        #expect(
            list("shapes") == RedactionRules.shapes.map { "\($0.prefix)|\($0.minimum)|\($0.maximum)|\($0.alphabet)" }
        )
    }

    @Test func interceptorsRedactGarbageTheSame() async throws {
        let node = try #require(Node.all.first)
        let python = try #require(Python.all.first)
        let files = try InstalledPython()
        let texts = Self.garbage(3000, seed: 7)
        let folder = try TemporaryFolder()
        try folder.write(JSONEncoder().encode(texts), to: "texts.json")
        let redaction = Redaction()
        for (output, _) in [
            try await node.run("rules.cjs", [Self.source.path, folder.path("texts.json")]),
            try await python.run("vectors.py", [files.path, folder.path("texts.json")]),
        ] {
            let theirs = try JSONDecoder().decode([String].self, from: Data(output.utf8))
            #expect(theirs.count == texts.count)
            for (text, other) in zip(texts, theirs) {
                #expect(redaction.body(text) == other, "from \(text)")
            }
        }
    }

    private static func garbage(_ count: Int, seed: UInt64) -> [String] {
        var chance = Seeded(seed: seed)
        let pieces = Vector.all.filter { $0.kind == "body" }.map(\.input)
        return (0..<count).map { _ in Self.garbage(from: pieces, &chance) }
    }

    /// Parts of the vectors, cut at any place and glued to each other.
    private static func garbage(from pieces: [String], _ chance: inout Seeded) -> String {
        (0..<Int.random(in: 1...4, using: &chance)).map { _ in
            let piece = Array((pieces.randomElement(using: &chance) ?? "").unicodeScalars)
            let start = Int.random(in: 0...piece.count, using: &chance)
            let end = Int.random(in: start...piece.count, using: &chance)
            var text = String.UnicodeScalarView()
            text.append(contentsOf: piece[start..<end])
            return String(text)
        }.joined()
    }

    private static let source = Node.fixtures.deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/LmonInterceptors/Node/redaction.cjs")
}

/// A generator whose every run is the same (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
