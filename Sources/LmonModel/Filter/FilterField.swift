/// What a field is a part of. The conditions on one level are put to one item of that level.
enum FilterLevel: String, Hashable, Sendable {
    case environment, invocation, call, log, record
    /// Whatever is tested: `duration` of an invocation in the list of invocations, of a call in the list of calls.
    case subject

    /// An invocation has many of these.
    var isMany: Bool { self == .call || self == .log || self == .record }
}

/// A name that may stand in a filter.
struct FilterField: Hashable, Sendable {
    enum Key: Hashable, Sendable {
        case function, environment
        case requestID, cold, memory, memoryLimit, billed, initialization, callCount, logCount, errorType, errorMessage
        case event, result, version
        case status, method, host, path, query, url, client, service, operation, attempt
        case size, requestSize, responseSize, body, requestBody, responseBody, code, phase, firstByte
        case header(String), requestHeader(String), responseHeader(String)
        case late, retry, reused
        case level, message
        case type
        case duration, outcome, error, timeout, inFlight
    }

    let key: Key
    let level: FilterLevel
    let kind: FilterKind
    /// As it is written.
    let name: String

    static func == (left: FilterField, right: FilterField) -> Bool {
        left.key == right.key && left.level == right.level
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(self.key)
        hasher.combine(self.level)
    }
}

// MARK: Names

extension FilterField {
    private static let all: [(name: String, key: Key, level: FilterLevel, kind: FilterKind)] = [
        ("function", .function, .environment, .text), ("environment", .environment, .environment, .text),
        ("requestId", .requestID, .invocation, .text), ("cold", .cold, .invocation, .flag),
        ("memory", .memory, .invocation, .memory), ("memory.limit", .memoryLimit, .invocation, .memory),
        ("billed", .billed, .invocation, .duration), ("init", .initialization, .invocation, .duration),
        ("calls", .callCount, .invocation, .number), ("logs", .logCount, .invocation, .number),
        ("errorType", .errorType, .invocation, .text), ("errorMessage", .errorMessage, .invocation, .text),
        ("event", .event, .invocation, .text), ("result", .result, .invocation, .text),
        ("version", .version, .invocation, .text),
        ("status", .status, .call, .status), ("method", .method, .call, .text), ("host", .host, .call, .text),
        ("path", .path, .call, .text), ("query", .query, .call, .text), ("url", .url, .call, .text),
        ("client", .client, .call, .text), ("service", .service, .call, .text),
        ("operation", .operation, .call, .text), ("attempt", .attempt, .call, .number),
        ("size", .size, .call, .size), ("request.size", .requestSize, .call, .size),
        ("response.size", .responseSize, .call, .size), ("body", .body, .call, .text),
        ("request.body", .requestBody, .call, .text), ("response.body", .responseBody, .call, .text),
        ("code", .code, .call, .text), ("phase", .phase, .call, .text), ("firstByte", .firstByte, .call, .duration),
        ("late", .late, .call, .flag), ("retry", .retry, .call, .flag), ("reused", .reused, .call, .flag),
        ("level", .level, .log, .level), ("message", .message, .log, .text), ("type", .type, .record, .text),
        ("duration", .duration, .subject, .duration), ("outcome", .outcome, .subject, .text),
        ("error", .error, .subject, .flag), ("timeout", .timeout, .subject, .flag),
        ("inflight", .inFlight, .subject, .flag),
    ]

    /// Which levels have what `duration` and the like name.
    private static let subjects: [Key: [FilterLevel]] = [
        .duration: [.invocation, .call], .outcome: [.invocation, .call], .error: [.invocation, .call, .log],
        .timeout: [.invocation, .call], .inFlight: [.invocation, .call],
    ]

    private static let headers: [(prefix: String, key: @Sendable (String) -> Key)] = [
        ("header.", { .header($0) }), ("request.header.", { .requestHeader($0) }),
        ("response.header.", { .responseHeader($0) }),
    ]

    /// Each once, as it is written.
    static var names: [(name: String, level: FilterLevel)] { Self.all.map { ($0.name, $0.level) } }
    static var headerPrefixes: [String] { Self.headers.map(\.prefix) }

    private static let byName: [String: FilterField] = {
        var table: [String: FilterField] = [:]
        for field in Self.all {
            func add(_ name: String, _ level: FilterLevel, canonical: String) {
                table[name.lowercased()] = FilterField(
                    key: field.key,
                    level: level,
                    kind: field.kind,
                    name: canonical
                )
            }
            add(field.name, field.level, canonical: field.name)
            if field.level != .subject {
                add("\(field.level.rawValue).\(field.name)", field.level, canonical: field.name)
            }
            for level in Self.subjects[field.key] ?? [] {
                add("\(level.rawValue).\(field.name)", level, canonical: "\(level.rawValue).\(field.name)")
            }
        }
        return table
    }()

    /// By its name, in either case; nil if there is no such field.
    init?(_ name: String) {
        if let field = Self.byName[name.lowercased()] {
            self = field
            return
        }
        let name = name.lowercased()
        let short = name.hasPrefix("call.") ? String(name.dropFirst(5)) : name
        for (prefix, key) in Self.headers where short.hasPrefix(prefix) && short.count > prefix.count {
            let header = String(short.dropFirst(prefix.count))
            self.init(key: key(header), level: .call, kind: .text, name: prefix + header)
            return
        }
        return nil
    }

    /// A word that is a condition of its own: `cold`, `call.error`.
    static func flag(_ word: String) -> FilterField? {
        guard let field = Self.byName[word], field.kind == .flag else { return nil }
        return field
    }

    static func isName(_ word: String) -> Bool {
        word.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains($0))
        }
            && word.unicodeScalars.first?.properties.isAlphabetic ?? false
    }

    // MARK: Misspelt ones

    /// What somebody may say who does not know these names.
    private static let others: [String: String] = [
        "env": "environment", "request": "requestId", "id": "requestId", "fn": "function", "lambda": "function",
        "time": "duration", "ms": "duration", "took": "duration", "statuscode": "status", "verb": "method",
        "uri": "url", "domain": "host", "server": "host", "severity": "level", "msg": "message", "text": "message",
        "log": "message", "headers": "header.NAME", "header": "header.NAME", "mem": "memory", "exception": "errorType",
        "state": "outcome", "length": "size", "bytes": "size", "retries": "attempt", "initduration": "init",
    ]

    /// The nearest field, if one is near.
    static func suggestion(for name: String) -> String? {
        let name = name.lowercased()
        if let known = Self.others[name] { return known }
        let near = Self.byName.map { (known: $0.key, field: $0.value, distance: Self.distance(name, $0.key)) }
            .filter { $0.distance <= max(1, min(name.count, $0.known.count) / 3) }
        return near.min { ($0.distance, $0.known) < ($1.distance, $1.known) }?.field.name
    }

    /// Letters to add, take away, replace or swap with their neighbour.
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8.prefix(40))
        let right = Array(right.utf8)
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let cost = left[row] == right[column] ? 0 : 1
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + cost)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
