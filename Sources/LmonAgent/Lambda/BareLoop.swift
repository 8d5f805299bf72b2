import LmonJSON

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What an agent that failed becomes: it asks for the next event, and for nothing else, until SHUTDOWN. No loop, no threads, no
/// memory to speak of: there is little left that can fail.
package struct BareLoop {
    private let host: String
    private let port: Int
    private let name: String
    private var identifier: String

    /// `identifier` is empty if the agent had not been registered as `name` yet.
    package init(_ runtimeAPI: Endpoint, name: String, identifier: String) {
        self.name = name
        self.host = runtimeAPI.host == "localhost" ? "127.0.0.1" : runtimeAPI.host
        self.port = runtimeAPI.port
        self.identifier = identifier
    }

    /// Returns at SHUTDOWN.
    package mutating func run() {
        while self.identifier.isEmpty {
            self.register()
            if self.identifier.isEmpty { usleep(50_000) }
        }
        while true {
            guard let answer = self.request("GET", "event/next", ["Lambda-Extension-Identifier: \(self.identifier)"])
            else {
                usleep(50_000)
                continue
            }
            if answer.status == 200 {
                let type = (try? JSONValue(parsing: answer.body))?["eventType"]?.string
                if type == "SHUTDOWN" { return }
            } else {
                // The call that died with its connection still counts as open, until an event is lost to it.
                usleep(20_000)
            }
        }
    }

    /// For SHUTDOWN alone: Lambda waits for every extension to register.
    private mutating func register() {
        let answer = self.request(
            "POST",
            "register",
            ["Lambda-Extension-Name: \(self.name)", "Content-Type: application/json"],
            body: #"{"events":["SHUTDOWN"]}"#
        )
        self.identifier = answer?.identifier ?? ""
    }

    private struct Answer {
        let status: Int
        let identifier: String?
        let body: [UInt8]
    }

    private func request(_ method: String, _ path: String, _ headers: [String], body: String = "") -> Answer? {
        let file = self.connect()
        guard file >= 0 else { return nil }
        defer { close(file) }
        let request = """
            \(method) /2020-01-01/extension/\(path) HTTP/1.1\r
            Host: \(self.host):\(self.port)\r
            \(headers.joined(separator: "\r\n"))\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r
            \(body)
            """
        let bytes = Array(request.utf8)
        guard send(file, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return nil }
        return Self.answer(Self.readAll(file))
    }

    private func connect() -> Int32 {
        #if canImport(Glibc)
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let file = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: self.port)).bigEndian
        guard file >= 0, inet_pton(AF_INET, self.host, &address.sin_addr) == 1 else { return -1 }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Self.connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(file)
            return -1
        }
        return file
    }

    private static func connect(_ file: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
        #if canImport(Glibc)
        Glibc.connect(file, address, length)
        #elseif canImport(Musl)
        Musl.connect(file, address, length)
        #else
        Darwin.connect(file, address, length)
        #endif
    }

    /// Until the peer closes, or the answer's length is reached.
    private static func readAll(_ file: Int32) -> [UInt8] {
        var received: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while received.count < 1 << 20 {
            let count = read(file, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            received += piece.prefix(count)
            if Self.isWhole(received) { break }
        }
        return received
    }

    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        guard let head = Self.head(bytes) else { return false }
        if let length = Self.field("content-length", in: head.text).flatMap({ Int($0) }) {
            return bytes.count >= head.end + length
        }
        // Chunked: the last chunk is empty.
        return bytes.suffix(5).elementsEqual("0\r\n\r\n".utf8)
    }

    private static func field(_ name: String, in head: String) -> String? {
        for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix("\(name):") {
            return String(line.dropFirst(name.count + 1).filter { $0 != " " })
        }
        return nil
    }

    private static func head(_ bytes: [UInt8]) -> (text: String, end: Int)? {
        let end = Array("\r\n\r\n".utf8)
        guard bytes.count >= 4 else { return nil }
        for index in 0...(bytes.count - 4) where bytes[index] == 13 && Array(bytes[index..<(index + 4)]) == end {
            return (String(decoding: bytes[..<index], as: UTF8.self), index + 4)
        }
        return nil
    }

    private static func answer(_ bytes: [UInt8]) -> Answer? {
        guard let head = Self.head(bytes), head.text.utf8.count >= 12 else { return nil }
        let status = Int(head.text.dropFirst(9).prefix(3)) ?? 0
        let identifier = Self.field("lambda-extension-identifier", in: head.text)
        // The object within whatever framing there is.
        let body = bytes[head.end...]
        guard let first = body.firstIndex(of: UInt8(ascii: "{")), let last = body.lastIndex(of: UInt8(ascii: "}")),
            first < last
        else { return Answer(status: status, identifier: identifier, body: []) }
        return Answer(status: status, identifier: identifier, body: Array(body[first...last]))
    }
}
