import LmonJSON
import LmonRecord

/// HTTP Archive 1.2. Times that were not observed are -1, as the format has it; what HAR has no name for begins with `_`.
enum HAR {
    static let beginning = Array(
        (#"{"log":{"version":"1.2","creator":{"name":"lmon","version":"1"},"pages":[],"entries":["# + "\n").utf8
    )
    static let end = Array("\n]}}\n".utf8)

    static func entry(_ call: Call, of invocation: Invocation) -> [UInt8] {
        JSONWriter.object { entry in
            entry.member("startedDateTime", Self.time(call.start ?? invocation.time))
            let timings = HARTimings(call)
            entry.member("time", timings.total)
            entry.object("request") { Self.write(request: call, to: &$0) }
            entry.object("response") { Self.write(response: call, to: &$0) }
            entry.object("cache") { _ in }
            entry.object("timings") { timings.write(to: &$0) }
            entry.member("serverIPAddress", call.connection?.remote.flatMap(Self.address))
            entry.member("connection", call.connection?.id)
            entry.object("_lambda") { Self.write(call, of: invocation, to: &$0) }
            entry.member("comment", Self.comment(call))
        }
    }

    private static func write(_ call: Call, of invocation: Invocation, to lambda: inout JSONWriter) {
        lambda.member("requestId", invocation.requestID)
        lambda.member("function", invocation.function)
        lambda.member("environment", invocation.environment)
        lambda.member("cold", invocation.isCold)
        lambda.member("duration", invocation.duration)
        if case .finished(let status) = invocation.state { lambda.member("status", status.description) }
        lambda.member("callId", call.id)
        lambda.member("outcome", call.outcome?.description)
        lambda.member("attempt", call.attempt)
        if call.isLate { lambda.member("late", true) }
        if invocation.id.isInitialization { lambda.member("initialization", true) }
    }

    /// What the entry does not hold although it was there.
    private static func comment(_ call: Call) -> String? {
        var parts: [String] = []
        if call.isInFlight { parts.append("in flight when this was written") }
        if call.url == nil { parts.append("the URL was not seen") }
        for (name, body) in [("request", call.requestBody), ("response", call.responseBody)] {
            if body?.isTruncated == true { parts.append("the \(name) body was cut") }
            if body?.isRedacted == true { parts.append("secrets in the \(name) body were redacted") }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// With six digits after the point, always.
    private static func time(_ time: Timestamp) -> String {
        let text = time.description
        return text.utf8.count == 24 ? text.dropLast() + "000Z" : text
    }

    /// `127.0.0.1` of `127.0.0.1:443`; nil for what is no address.
    private static func address(_ remote: String) -> String? {
        var address = remote[...]
        if address.hasPrefix("["), let end = address.firstIndex(of: "]") {
            address = address[address.index(after: address.startIndex)..<end]
        } else if address.utf8.filter({ $0 == UInt8(ascii: ":") }).count == 1, let colon = address.firstIndex(of: ":") {
            address = address[..<colon]
        }
        let isAddress = address.utf8.allSatisfy { "0123456789abcdefABCDEF.:".utf8.contains($0) }
        return isAddress && !address.isEmpty ? String(address) : nil
    }
}

/// How long each part took, from the moments that were observed.
private struct HARTimings {
    var (dns, connect, ssl, wait, receive): (Double?, Double?, Double?, Double?, Double?)
    let total: Double

    init(_ call: Call) {
        let times = call.timings
        var ready = 0.0
        func part(until moment: Double?) -> Double? {
            guard let moment else { return nil }
            defer { ready = max(ready, moment) }
            return max(0, moment - ready)
        }
        self.dns = part(until: times.dns)
        let start = ready
        let isConnected = times.connect != nil || times.tls != nil
        _ = part(until: times.connect)
        self.ssl = part(until: times.tls)
        // In HAR, connecting includes TLS.
        self.connect = isConnected ? ready - start : nil
        self.wait = part(until: times.firstByte)
        let end = call.duration
        self.receive = times.firstByte == nil ? nil : part(until: end)
        let known = [self.dns, self.connect, self.wait, self.receive].compactMap { $0 }.reduce(0, +)
        self.total = max(0, end ?? known)
    }

    func write(to writer: inout JSONWriter) {
        writer.member("blocked", -1)
        writer.member("dns", self.dns ?? -1)
        writer.member("connect", self.connect ?? -1)
        writer.member("ssl", self.ssl ?? -1)
        writer.member("send", -1)
        writer.member("wait", self.wait ?? -1)
        writer.member("receive", self.receive ?? -1)
    }
}
