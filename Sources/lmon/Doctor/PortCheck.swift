import Foundation

/// One of lmon's usual ports: free, or whose.
struct PortCheck {
    let port: UInt16
    let purpose: String
    /// What lmon does when somebody else has it.
    let without: String

    static let all = [
        PortCheck(port: 9000, purpose: "Invoke API", without: "the next free one is taken, and said"),
        PortCheck(port: 4244, purpose: "tee", without: "the next free one is taken, and said"),
        PortCheck(
            port: 4243,
            purpose: "agents' ingest",
            without: "not missed here: each environment has a port of its own"
        ),
        PortCheck(port: 4245, purpose: "collector", without: "not missed here: this lmon has no collector"),
    ]

    var finding: Finding {
        let name = "port \(self.port)"
        guard !Self.isFree(self.port) else { return Finding(name, .fine, "free, for the \(self.purpose)") }
        let owner = Self.owner(of: self.port)
        let text = "taken\(owner.map { " by \($0)" } ?? ""), for the \(self.purpose)"
        // Another lmon is what belongs there.
        if owner?.hasPrefix("lmon ") == true { return Finding(name, .fine, text) }
        return Finding(name, .lacking, text, self.without)
    }

    private static func isFree(_ port: UInt16) -> Bool {
        #if os(Linux)
        let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let socket = Foundation.socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                    && listen(socket, 1) == 0
            }
        }
    }

    /// `node (4711)`; nil if it belongs to another user, or this is no Linux.
    private static func owner(of port: UInt16) -> String? {
        let sockets = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { Self.listeners($0, port) }
        guard !sockets.isEmpty else { return nil }
        let processes = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).filter {
            Int($0) != nil
        }
        for process in processes {
            let folder = "/proc/\(process)/fd"
            for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(file)")
                guard let target, sockets.contains(target) else { continue }
                let name = FileManager.default.contents(atPath: "/proc/\(process)/comm") ?? Data()
                return "\(String(decoding: name, as: UTF8.self).trimmingCharacters(in: .newlines)) (\(process))"
            }
        }
        return nil
    }

    /// The sockets that listen on a port, as links in `/proc/*/fd` name them.
    private static func listeners(_ table: String, _ port: UInt16) -> [String] {
        let text = String(decoding: FileManager.default.contents(atPath: table) ?? Data(), as: UTF8.self)
        let digits = String(port, radix: 16, uppercase: true)
        let suffix = ":" + String(repeating: "0", count: 4 - digits.count) + digits
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            // 0A is LISTEN.
            guard fields.count > 9, fields[1].hasSuffix(suffix), fields[3] == "0A" else { return nil }
            return "socket:[\(fields[9])]"
        }
    }
}
