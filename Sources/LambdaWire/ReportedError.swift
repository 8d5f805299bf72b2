import LmonJSON

/// What a runtime says about an error, put in the form in which Lambda passes it on.
package enum ReportedError {
    /// `Lambda-Runtime-Function-Error-Type` as telemetry shows it: kept where it holds `Runtime.Name` or
    /// `Function.Name`, else `Function.Unknown` or `Runtime.Unknown`.
    package static func normalizedType(_ header: String?) -> String {
        let header = header ?? ""
        if holdsKnownForm(header) { return header }
        return header.hasPrefix("Function.") ? "Function.Unknown" : "Runtime.Unknown"
    }

    /// The payload and content type for the invoker. The content type with an X-Ray cause is reduced to the three
    /// members that invokers know.
    package static func payload(_ body: [UInt8], contentType: String?) -> (body: [UInt8], contentType: String) {
        guard contentType == "application/vnd.aws.lambda.error.cause+json" else {
            return (body, isJSON(body) ? "application/json" : "application/octet-stream")
        }
        guard let value = try? JSONValue(parsing: body), let members = value.object else {
            return (Array("\"Invalid error body\"".utf8), "application/octet-stream")
        }
        let kept = members.filter { ["errorMessage", "errorType", "stackTrace"].contains($0.key) }
        return (JSONValue.object(kept).bytes, "application/json")
    }

    /// Whether `bytes` are one JSON value.
    package static func isJSON(_ bytes: [UInt8]) -> Bool {
        var scanner = JSONScanner(bytes)
        do {
            try scanner.skip()
            try scanner.finish()
            return true
        } catch { return false }
    }

    /// `(Runtime|Function)\.[A-Z][a-zA-Z]+`, anywhere.
    private static func holdsKnownForm(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        for prefix in ["Runtime.", "Function."].map({ Array($0.utf8) }) where bytes.count >= prefix.count + 2 {
            for start in 0...(bytes.count - prefix.count - 2) {
                let end = start + prefix.count
                guard bytes[start..<end].elementsEqual(prefix) else { continue }
                let first = bytes[end]
                let second = bytes[end + 1] | 0x20
                let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first)
                let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(second)
                if isUpper, isLetter { return true }
            }
        }
        return false
    }
}
