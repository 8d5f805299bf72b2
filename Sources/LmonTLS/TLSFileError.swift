#if Remote
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file of certificates or of a key that is of no use.
package struct TLSFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    /// Reads a file by `body`, whose own errors name neither the file nor the reason.
    static func reading<Value>(_ path: String, as what: String, _ body: () throws -> Value) throws(Self) -> Value {
        guard access(path, R_OK) == 0 else { throw Self("\(path): \(String(cString: strerror(errno)))") }
        do {
            return try body()
        } catch {
            throw Self("\(path) holds no \(what) in PEM form")
        }
    }
}
#endif
