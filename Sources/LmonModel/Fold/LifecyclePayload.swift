import LmonJSON
import LmonRecord

/// The members of `lmon.environment`, `lmon.interceptor`, `lmon.agent`, `lmon.delivery` and `lmon.overhead`.
struct LifecyclePayload {
    var texts: [String: String] = [:]
    var numbers: [String: Double] = [:]
    var flags: [String: Bool] = [:]

    /// These types come a few times in an environment's life, so a dictionary does no harm.
    init(_ record: Record) {
        var scanner = record.scanner
        do {
            try scanner.members { key, value throws(JSONError) in
                switch try value.kind() {
                case .string: self.texts[key] = try value.string()
                case .number: self.numbers[key] = try value.lenientDouble()
                case .boolean: self.flags[key] = try value.bool()
                case .object, .array, .null: try value.skip()
                }
            }
        } catch {
            // As in `PlatformPayload`: what was read counts.
        }
    }

    func text(_ names: String...) -> String? {
        for name in names { if let text = self.texts[name] { return text } }
        return nil
    }

    func number(_ names: String...) -> Double? {
        for name in names { if let number = self.numbers[name] { return number } }
        return nil
    }

    func int(_ names: String...) -> Int? {
        for name in names { if let number = self.numbers[name] { return Int(exactly: number.rounded()) } }
        return nil
    }
}

extension Invocation.Overhead {
    /// Each part of lmon tells its own share, perhaps in several records; times and bytes add up.
    init(_ record: Record, after earlier: Invocation.Overhead?) {
        let payload = LifecyclePayload(record)
        func sum(_ left: Double?, _ right: Double?) -> Double? {
            left == nil ? right : right.map { $0 + (left ?? 0) } ?? left
        }
        self.init()
        self.heldMilliseconds = sum(earlier?.heldMilliseconds, payload.number("heldMs", "held"))
        self.interceptorMilliseconds = sum(
            earlier?.interceptorMilliseconds,
            payload.number("interceptorMs", "interceptor")
        )
        self.residentBytes = payload.int("rss", "residentBytes") ?? earlier?.residentBytes
        let shipped = payload.int("bytes", "shippedBytes").map(Double.init)
        self.shippedBytes = sum(earlier?.shippedBytes.map(Double.init), shipped).map { Int(min($0, 1e15)) }
    }
}

extension Delivery {
    init(_ record: Record) {
        let payload = LifecyclePayload(record)
        self.init(time: record.time, sink: payload.text("sink") ?? "sink")
        self.records = payload.int("records")
        self.bytes = payload.int("bytes")
        self.milliseconds = payload.number("ms", "durationMs")
        self.outcome = payload.text("outcome", "status") ?? payload.int("outcome", "status").map(String.init)
    }

    /// `recap → webhook 200 in 34ms`.
    package var text: String {
        var text = "\(self.records.map { "\($0) records" } ?? "recap") → \(self.sink)"
        if let outcome = self.outcome { text += " " + outcome }
        if let milliseconds { text += " in " + Format.duration(milliseconds) }
        return text
    }
}

extension Initialization {
    /// `node22` for `nodejs22.x` and `nodejs:22.v72`; other names as they are, without their build.
    static func runtimeName(_ text: String) -> String {
        var name = text[...]
        if let build = name.range(of: ".v", after: ":") { name = name[..<build] }
        if name.hasSuffix(".x") { name = name.dropLast(2) }
        let joined = name.filter { $0 != ":" }
        return joined.hasPrefix("nodejs") ? "node" + joined.dropFirst(6) : String(joined)
    }
}

extension Substring {
    /// Where `text` begins behind the first `mark`.
    fileprivate func range(of text: String, after mark: Character) -> Index? {
        guard var index = self.firstIndex(of: mark) else { return nil }
        while index < self.endIndex {
            if self[index...].hasPrefix(text) { return index }
            index = self.index(after: index)
        }
        return nil
    }
}
