import LmonJSON
import LmonRecord

/// The members of `lmon.environment`, `lmon.interceptor`, `lmon.agent`, `lmon.delivery` and `lmon.overhead`.
struct LifecyclePayload {
    var texts: [String: String] = [:]
    var numbers: [String: Double] = [:]
    var flags: [String: Bool] = [:]
    /// Those of texts, each cut to what a row can hold.
    var lists: [String: [String]] = [:]

    private static let longestList = 20

    /// These types come a few times in an environment's life, so a dictionary does no harm.
    init(_ record: Record) {
        var scanner = record.scanner
        do {
            try scanner.members { key, value throws(JSONError) in
                switch try value.kind() {
                case .string: self.texts[key] = try value.string()
                case .number: self.numbers[key] = try value.lenientDouble()
                case .boolean: self.flags[key] = try value.bool()
                case .array: self.lists[key] = try Self.texts(&value)
                case .object, .null: try value.skip()
                }
            }
        } catch {
            // As in `PlatformPayload`: what was read counts.
        }
    }

    private static func texts(_ scanner: inout JSONScanner) throws(JSONError) -> [String] {
        var texts: [String] = []
        try scanner.beginArray()
        while try scanner.nextElement() {
            guard let text = try scanner.lenientString(), texts.count < Self.longestList else { continue }
            texts.append(text)
        }
        return texts
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
        self.residentBytes = payload.int("rssBytes", "rss", "residentBytes") ?? earlier?.residentBytes
        func sum(_ left: Int?, _ right: Int?) -> Int? {
            sum(left.map(Double.init), right.map(Double.init)).map { Int(min($0, 1e15)) }
        }
        self.shippedBytes = sum(earlier?.shippedBytes, payload.int("shippedBytes", "bytes"))
        self.records = sum(earlier?.records, payload.int("records"))
    }
}

extension Delivery {
    init(_ record: Record) {
        let payload = LifecyclePayload(record)
        self.init(time: record.time, sink: payload.text("sink") ?? "sink")
        self.records = payload.int("records")
        self.bytes = payload.int("bytes")
        self.milliseconds = payload.number("ms", "durationMs")
        self.outcome = payload.text("outcome") ?? payload.int("outcome").map(String.init)
        self.status = payload.text("status") ?? payload.int("status").map(String.init)
        self.message = payload.text("message")
    }

    /// `recap → webhook 200 in 34ms`, `12 records → collector failed 503 in 34ms`.
    package var text: String {
        let records = self.records.map { $0 == 1 ? "1 record" : "\($0) records" }
        var text = "\(records ?? "recap") → \(self.sink)"
        if let answer { text += " " + answer }
        if let milliseconds { text += " in " + Format.duration(milliseconds) }
        if let message { text += ": " + message }
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
