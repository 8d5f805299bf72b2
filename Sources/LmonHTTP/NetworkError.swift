import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#endif

/// Why a socket could not be opened or used.
package struct NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case addressInUse
        case permissionDenied
        case refused
        case unresolved
        case timedOut
        case closed
        case malformed
        case tooLarge
        case cancelled
        /// What was to be sent is no HTTP.
        case invalidRequest
        /// Its certificate is not one for it that can be trusted.
        case untrusted
        /// No secured connection came about for another reason.
        case insecure
        case other(Int32)
    }

    package let code: Code
    /// What was tried, as `host:port`.
    package let address: String
    private let detail: String

    package init(_ code: Code, _ address: String, detail: String = "") {
        self.code = code
        self.address = address
        self.detail = detail
    }

    package var description: String {
        switch self.code {
        case .addressInUse: "\(self.address) is in use by another process"
        case .permissionDenied: "\(self.address): permission denied"
        case .refused: "\(self.address) refuses the connection: nothing listens there"
        case .unresolved: "\(self.address): the name cannot be resolved"
        case .timedOut: "\(self.address) did not answer in time"
        case .closed: "\(self.address) closed the connection"
        case .malformed: "\(self.address) does not speak HTTP\(self.detail.isEmpty ? "" : ": \(self.detail)")"
        case .tooLarge: "\(self.address) sent more than is accepted"
        case .cancelled: "the request to \(self.address) was cancelled"
        case .invalidRequest: "nothing was sent to \(self.address): \(self.detail)"
        case .untrusted: "\(self.address) cannot be trusted: \(self.detail)"
        case .insecure: "\(self.address): TLS failed: \(self.detail)"
        case .other(let number): "\(self.address): \(self.detail.isEmpty ? "error \(number)" : self.detail)"
        }
    }

    init(errno number: Int32, address: String) {
        self.init(Self.code(number), address, detail: String(cString: strerror(number)))
    }

    /// Sorts an error of the layer below.
    init(_ error: any Error, address: String) {
        let underlying = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
        if let error = underlying as? NetworkError {
            self = error
            return
        }
        if case HTTPParserError.invalidEOFState = error {
            self.init(.closed, address)
        } else if case HTTPParserError.headerOverflow = error {
            self.init(.tooLarge, address)
        } else if error is SocketAddressError || (error as? NIOConnectionError)?.dnsAError != nil {
            self.init(.unresolved, address)
        } else if let error = underlying as? IOError {
            self.init(Self.code(error.errnoCode), address, detail: error.description)
        } else if underlying is ChannelError {
            self.init((underlying as? ChannelError)?.isTimeout == true ? .timedOut : .closed, address)
        } else {
            self.init(.malformed, address, detail: "\(underlying)")
        }
    }

    private static func code(_ number: Int32) -> Code {
        switch number {
        case EADDRINUSE: .addressInUse
        case EACCES, EPERM: .permissionDenied
        case ECONNREFUSED: .refused
        case ETIMEDOUT: .timedOut
        case ECONNRESET, EPIPE: .closed
        default: .other(number)
        }
    }
}

extension ChannelError {
    fileprivate var isTimeout: Bool {
        if case .connectTimeout = self { true } else { false }
    }
}
