#if Remote
import NIOCore
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension NIOSSLCertificate {
    /// The first of the names and addresses that it is for, as text; they come from a peer that is not trusted.
    var names: String {
        let all = self._subjectAlternativeNames().compactMap { name -> String? in
            let bytes = Array(name.contents)
            switch name.nameType {
            case .dnsName: return String(decoding: bytes.map { (0x21..<0x7F).contains($0) ? $0 : 0x3F }, as: UTF8.self)
            case .ipAddress: return try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0).ipAddress
            default: return nil
            }
        }
        guard !all.isEmpty else { return "no name" }
        return all.prefix(3).joined(separator: ", ") + (all.count > 3 ? " and \(all.count - 3) more" : "")
    }

    /// What is wrong with its time, if something is.
    var timeFlaw: String? {
        let now = time(nil)
        if self.notValidAfter < now { return "its certificate expired on \(Self.day(self.notValidAfter))" }
        if self.notValidBefore > now {
            return "its certificate is valid from \(Self.day(self.notValidBefore)) only; is this machine's clock right?"
        }
        return nil
    }

    private static func day(_ seconds: time_t) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    }
}
#endif
