import LmonHTTP
import LmonModel
import LmonRecord
import LmonSpool
import LmonStore

/// What a viewer asks for: `GET /v1/records?after=CURSOR&follow=true&filter=EXPR`.
struct StreamQuery: Sendable {
    enum Start: Hashable, Sendable {
        /// Behind this place; nil: from the oldest that is kept.
        case after(SpoolCursor?)
        /// What came at that time or later.
        case since(Timestamp)
    }

    var start = Start.after(nil)
    var follows = false
    var selection = CollectorStore.Selection.all
    var filter: Filter?

    /// Reads what follows the question mark.
    init(_ query: Substring?) throws(Refusal) {
        for part in (query ?? "").split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(pair[0]), let value = Self.decoded(pair.count > 1 ? pair[1] : "") else {
                throw Self.wrong("\(part) is not encoded as a URL is")
            }
            try self.take(name, value)
        }
        if self.follows, case .request = self.selection {
            throw Self.wrong("request and follow exclude each other")
        }
    }

    private mutating func take(_ name: String, _ value: String) throws(Refusal) {
        switch name {
        case "after":
            guard let cursor = SpoolCursor(value) else { throw Self.wrong("after=\(value) is no cursor") }
            self.start = .after(cursor)
        case "since":
            guard let time = Timestamp(value) else {
                throw Self.wrong("since=\(value) is no time as in 2026-01-31T12:00:00Z")
            }
            self.start = .since(time)
        case "follow":
            guard ["true", "false", "1", "0"].contains(value) else { throw Self.wrong("follow is true or false") }
            self.follows = value == "true" || value == "1"
        case "function": self.selection = .function(value)
        case "request": self.selection = .request(value)
        case "filter": self.filter = try Self.filter(value)
        default: throw Self.wrong("there is no \(name); there are after, since, follow, filter, function and request")
        }
    }

    private static func filter(_ text: String) throws(Refusal) -> Filter? {
        guard !text.isEmpty else { return nil }
        let filter: Filter
        do throws(FilterError) {
            filter = try Filter(text)
        } catch {
            throw Self.wrong("filter: \(error)")
        }
        // Each record is looked at by itself.
        if let field = filter.wholeInvocationField {
            throw Self.wrong("filter: \(field) is known of a whole invocation only, not of a record")
        }
        return filter
    }

    private static func wrong(_ message: String) -> Refusal { Refusal(status: 400, message: message) }

    /// Percent signs and plus signs resolved; nil if what comes of it is no UTF-8.
    static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst()?.hexValue, let low = rest.popFirst()?.hexValue else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
