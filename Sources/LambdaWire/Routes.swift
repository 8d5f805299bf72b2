/// What a method and a path mean to one of Lambda's servers.
package enum RouteMatch<Route: Hashable & Sendable>: Hashable, Sendable {
    case route(Route)
    /// The path exists, with another method: 405.
    case wrongMethod
    case notFound
}

/// The Runtime API, version 2018-06-01.
package enum RuntimeRoute: Hashable, Sendable {
    case next
    case response(requestID: String)
    case error(requestID: String)
    case initError
    case ping

    /// `target` is the request line's: a path, with or without a query.
    package static func match(method: String, target: String) -> RouteMatch<RuntimeRoute> {
        // The most frequent one.
        if target == "/2018-06-01/runtime/invocation/next", method == "GET" { return .route(.next) }
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        guard let rest = path.dropping("/2018-06-01/") else { return .notFound }
        if let rest = rest.dropping("runtime/invocation/") {
            if rest.elementsEqual("next".utf8) { return method == "GET" ? .route(.next) : .wrongMethod }
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return .notFound }
            let requestID = percentDecoded(rest[..<slash]) ?? ""
            switch String(decoding: rest[rest.index(after: slash)...], as: UTF8.self) {
            case "response": return method == "POST" ? .route(.response(requestID: requestID)) : .wrongMethod
            case "error": return method == "POST" ? .route(.error(requestID: requestID)) : .wrongMethod
            default: return .notFound
            }
        }
        switch String(decoding: rest, as: UTF8.self) {
        case "runtime/init/error": return method == "POST" ? .route(.initError) : .wrongMethod
        case "ping": return method == "GET" ? .route(.ping) : .wrongMethod
        default: return .notFound
        }
    }
}

/// The part of the Invoke API that runs functions.
package enum InvokeRoute: Hashable, Sendable {
    case invoke(FunctionReference)
    /// The old way, `2014-11-13/…/invoke-async`: always an event, answered with 202.
    case invokeAsync(FunctionReference)

    /// A name that cannot be a function's matches nothing.
    package static func match(method: String, target: String) -> RouteMatch<InvokeRoute> {
        let utf8 = target.utf8
        let path = utf8.prefix { $0 != UInt8(ascii: "?") }
        let query = utf8[path.endIndex...].dropFirst()
        if let (name, verb) = Self.split(path, prefix: "/2015-03-31/functions/"),
            verb.elementsEqual("invocations".utf8)
        {
            guard var reference = FunctionReference(name) else { return .notFound }
            if let qualifier = queryValue("Qualifier", in: query) { reference.qualifier = qualifier }
            return method == "POST" ? .route(.invoke(reference)) : .wrongMethod
        }
        if let (name, verb) = Self.split(path, prefix: "/2014-11-13/functions/"),
            verb.elementsEqual("invoke-async".utf8) || verb.elementsEqual("invoke-async/".utf8)
        {
            guard let reference = FunctionReference(name) else { return .notFound }
            return method == "POST" ? .route(.invokeAsync(reference)) : .wrongMethod
        }
        return .notFound
    }

    private static func split(_ path: Substring.UTF8View, prefix: StaticString) -> (String, Substring.UTF8View)? {
        guard let rest = path.dropping(prefix), let slash = rest.firstIndex(of: UInt8(ascii: "/")),
            let name = percentDecoded(rest[..<slash])
        else { return nil }
        return (name, rest[rest.index(after: slash)...])
    }
}

extension Substring.UTF8View {
    /// What follows `prefix`, if this begins with it.
    fileprivate func dropping(_ prefix: StaticString) -> Substring.UTF8View? {
        let count = prefix.utf8CodeUnitCount
        let bytes = UnsafeBufferPointer(start: prefix.utf8Start, count: count)
        let isPrefix = self.withContiguousStorageIfAvailable { $0.prefix(count).elementsEqual(bytes) }
        guard isPrefix ?? self.starts(with: bytes) else { return nil }
        return self.dropFirst(count)
    }
}

/// The text that `%XX` escapes stand for; nil if an escape is cut off or the bytes are not UTF-8.
func percentDecoded(_ bytes: Substring.UTF8View) -> String? {
    guard bytes.contains(UInt8(ascii: "%")) else { return String(Substring(bytes)) }
    var decoded: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            decoded.append(byte)
            continue
        }
        guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
            return nil
        }
        decoded.append(high << 4 | low)
    }
    return String(validating: decoded, as: UTF8.self)
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

private func queryValue(_ name: String, in query: Substring.UTF8View) -> String? {
    for pair in query.split(separator: UInt8(ascii: "&")) {
        guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), pair[..<equals].elementsEqual(name.utf8) else {
            continue
        }
        return percentDecoded(pair[pair.index(after: equals)...])
    }
    return nil
}
