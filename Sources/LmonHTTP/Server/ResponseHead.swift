import NIOCore
import NIOHTTP1

/// How the end of a response's body is told.
enum ResponseFraming: Equatable {
    /// Status 204 and 304, answers to HEAD: no body goes out, whatever the handler writes.
    case none
    case length(remaining: Int)
    case chunked
    /// HTTP/1.0 clients know no chunks.
    case untilClose
}

/// What decides a response's framing, apart from the response.
struct ResponseContext {
    let isHead: Bool
    let isOldClient: Bool
    var keepsAlive: Bool

    /// Status line and fields. Framing fields are this module's: those of the handler count only where they say a length
    /// that is not known here.
    mutating func write(
        status: Int,
        headers: HTTPHeaders,
        bodyCount: Int?,
        into buffer: inout ByteBuffer
    ) -> ResponseFraming {
        let declared = headers.storage.first(name: "content-length").flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 }
        if self.keepsAlive, headers.storage.contains(name: "connection") {
            let options = headers.storage[canonicalForm: "connection"]
            self.keepsAlive = !options.contains { $0.lowercased() == "close" }
        }
        let framing = self.framing(status: status, bodyCount: bodyCount, declared: declared)
        if framing == .untilClose { self.keepsAlive = false }
        var head: [UInt8] = []
        head.reserveCapacity(512)
        head.writeStatusLine(status)
        for (name, value) in headers.storage where !Self.isOwn(name) {
            head.writeField(name, value)
        }
        switch framing {
        case .length(let count): head.writeField("content-length", String(count))
        case .chunked: head.writeField("transfer-encoding", "chunked")
        case .none where self.isHead && status >= 200 && status != 204:
            // What a GET would have said, if that is known.
            if let count = declared ?? bodyCount { head.writeField("content-length", String(count)) }
        case .none where status == 304:
            if let declared { head.writeField("content-length", String(declared)) }
        case .none, .untilClose: break
        }
        if !self.keepsAlive {
            head.writeField("connection", "close")
        } else if self.isOldClient {
            head.writeField("connection", "keep-alive")
        }
        head += "\r\n".utf8
        buffer.writeBytes(head)
        return framing
    }

    private func framing(status: Int, bodyCount: Int?, declared: Int?) -> ResponseFraming {
        if self.isHead || status == 204 || status == 304 || status < 200 { return .none }
        if let count = bodyCount ?? declared { return .length(remaining: count) }
        return self.isOldClient ? .untilClose : .chunked
    }

    private static func isOwn(_ name: String) -> Bool {
        switch name.utf8.count {
        case 10: name.lowercased() == "connection"
        case 14: name.lowercased() == "content-length"
        case 17: name.lowercased() == "transfer-encoding"
        default: false
        }
    }
}

extension [UInt8] {
    fileprivate mutating func writeStatusLine(_ status: Int) {
        switch status {
        case 200: self += "HTTP/1.1 200 OK\r\n".utf8
        case 202: self += "HTTP/1.1 202 Accepted\r\n".utf8
        default: self += "HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n".utf8
        }
    }

    /// One field. Whatever could end the line early becomes a space, and a name that is none is left out: handlers pass
    /// on what functions made up.
    fileprivate mutating func writeField(_ name: String, _ value: String) {
        let start = self.count
        self += name.utf8
        for index in start..<self.count where !Self.isTokenByte(self[index]) { return self.removeSubrange(start...) }
        guard self.count > start else { return }
        self += ": ".utf8
        let valueStart = self.count
        self += value.utf8
        for index in valueStart..<self.count where self[index] < 0x20 && self[index] != 0x09 { self[index] = 0x20 }
        self += "\r\n".utf8
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "^"), UInt8(ascii: "`"),
            UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

}

extension ByteBuffer {
    mutating func writeChunk(_ bytes: [UInt8]) {
        self.writeString(String(bytes.count, radix: 16))
        self.writeStaticString("\r\n")
        self.writeBytes(bytes)
        self.writeStaticString("\r\n")
    }

    mutating func writeLastChunk(trailers: HTTPHeaders) {
        var bytes = Array("0\r\n".utf8)
        for (name, value) in trailers.storage { bytes.writeField(name, value) }
        bytes += "\r\n".utf8
        self.writeBytes(bytes)
    }
}
