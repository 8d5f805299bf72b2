import Foundation
import LmonJSON
import LmonTestSupport
import Testing

/// Foundation's parser is the judge: same verdict, same value.
@Suite struct DifferentialTests {
    @Test(arguments: 1...300)
    func readsValidTextsAsFoundationDoes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<10 {
            let bytes = RandomJSON.text(&random)
            let text = String(decoding: bytes, as: UTF8.self)
            let value = try JSONValue(parsing: bytes)
            let theirs = try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
            #expect(value.isSame(as: theirs), "\(text)")
            #expect(Self.skips(bytes), "\(text)")
            #expect(try JSONValue(parsing: value.bytes) == value, "\(text)")
        }
    }

    @Test(arguments: 1...600)
    func judgesSpoiltTextsAsFoundationDoes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let bytes = RandomJSON.mutated(&random)
            guard !Self.isJudgedOtherwise(bytes) else { continue }
            let ours = (try? JSONValue(parsing: bytes)) != nil
            let theirs = (try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) != nil
            #expect(ours == theirs, "\(String(decoding: bytes, as: UTF8.self).debugDescription) \(ours)")
            #expect(ours == Self.skips(bytes), "\(bytes)")
        }
    }

    /// Where we differ on purpose: lone surrogates, which RFC 8259 leaves open; other encodings and a comma at the end of
    /// an array, which it forbids; numbers beyond a double, which it allows.
    private static func isJudgedOtherwise(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        let tokens = text.filter { !$0.isWhitespace }
        return text.contains(#"\ud"#) || tokens.contains(",]") || text.contains(/e\+?[0-9]{3}/) || bytes.contains(0)
            || bytes.starts(with: [0xEF, 0xBB, 0xBF])
            || bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE])
    }

    private static func skips(_ bytes: [UInt8]) -> Bool {
        var scanner = JSONScanner(bytes)
        do {
            try scanner.skip()
            try scanner.finish()
            return true
        } catch { return false }
    }
}

extension JSONValue {
    /// Of duplicate members Foundation keeps one; so only one of ours has to agree.
    func isSame(as other: Any) -> Bool {
        switch self {
        case .null: return other is NSNull
        case .bool(let value): return (other as? NSNumber)?.boolValue == value
        case .number(let literal):
            guard let number = other as? NSNumber, let value = Double(literal) else { return false }
            return number.doubleValue == value || abs(number.doubleValue - value) <= abs(value) * 1e-15
        case .string(let value): return other as? String == value
        case .array(let elements):
            guard let others = other as? [Any], others.count == elements.count else { return false }
            return zip(elements, others).allSatisfy { $0.isSame(as: $1) }
        case .object(let members):
            guard let others = other as? [String: Any], others.count == Set(members.map(\.key)).count else {
                return false
            }
            return others.allSatisfy { key, value in members.contains { $0.key == key && $0.value.isSame(as: value) } }
        }
    }
}
