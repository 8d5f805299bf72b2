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
        Self.writeStatusLine(status, into: &buffer)
        for (name, value) in headers.storage where !Self.isOwn(name) {
            buffer.writeField(name, value)
        }
        switch framing {
        case .length(let count): buffer.writeField("content-length", String(count))
        case .chunked: buffer.writeField("transfer-encoding", "chunked")
        case .none where self.isHead && status >= 200 && status != 204:
            // What a GET would have said, if that is known.
            if let count = declared ?? bodyCount { buffer.writeField("content-length", String(count)) }
        case .none where status == 304:
            if let declared { buffer.writeField("content-length", String(declared)) }
        case .none, .untilClose: break
        }
        if !self.keepsAlive {
            buffer.writeField("connection", "close")
        } else if self.isOldClient {
            buffer.writeField("connection", "keep-alive")
        }
        buffer.writeStaticString("\r\n")
        return framing
    }

    private func framing(status: Int, bodyCount: Int?, declared: Int?) -> ResponseFraming {
        if self.isHead || status == 204 || status == 304 || status < 200 { return .none }
        if let count = bodyCount ?? declared { return .length(remaining: count) }
        return self.isOldClient ? .untilClose : .chunked
    }

    private static func writeStatusLine(_ status: Int, into buffer: inout ByteBuffer) {
        if status == 200 {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            buffer.writeStaticString("HTTP/1.1 ")
            buffer.writeString(String(status))
            buffer.writeStaticString(" ")
            buffer.writeString(HTTPResponseStatus(statusCode: status).reasonPhrase)
            buffer.writeStaticString("\r\n")
        }
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

extension ByteBuffer {
    /// One field. Whatever could end the line early becomes a space, and a name that is none is left out: handlers pass
    /// on what functions made up.
    mutating func writeField(_ name: String, _ value: String) {
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenByte) else { return }
        self.writeString(name)
        self.writeStaticString(": ")
        if value.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x09 }) {
            self.writeString(value)
        } else {
            self.writeBytes(value.utf8.map { $0 >= 0x20 || $0 == 0x09 ? $0 : 0x20 })
        }
        self.writeStaticString("\r\n")
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

    mutating func writeChunk(_ bytes: [UInt8]) {
        self.writeString(String(bytes.count, radix: 16))
        self.writeStaticString("\r\n")
        self.writeBytes(bytes)
        self.writeStaticString("\r\n")
    }

    mutating func writeLastChunk(trailers: HTTPHeaders) {
        self.writeStaticString("0\r\n")
        for (name, value) in trailers.storage { self.writeField(name, value) }
        self.writeStaticString("\r\n")
    }
}
