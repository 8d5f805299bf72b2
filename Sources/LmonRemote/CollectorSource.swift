import Foundation
import LmonHTTP
import LmonS3

#if Remote
import LmonTLS
#endif

/// A collector as a source of records, for whoever shows them: from `https://host:port` and a viewer's token.
package final class CollectorSource: Sendable {
    package typealias Output = BucketSource.Output
    package typealias Unusable = BucketSource.Unusable

    package struct Wish: Sendable {
        package var follows: Bool
        /// What came earlier is left out.
        package var start: ReadingStart
        /// The only one whose records are sent.
        package var function: String?
        /// Records that do not match are not sent.
        package var filter: String?

        package init(
            follows: Bool,
            start: ReadingStart = .beginning,
            function: String? = nil,
            filter: String? = nil
        ) {
            self.follows = follows
            self.start = start
            self.function = function
            self.filter = filter
        }
    }

    private let tail: CollectorTail

    /// Asks for nothing yet. `LMON_TOKEN` among the variables is the viewer's token.
    package init(_ text: String, variables: [String: String], wish: Wish) throws(Unusable) {
        guard let endpoint = S3Endpoint(text) else {
            throw Unusable(description: "\(text): not a collector's address; write https://HOST:PORT")
        }
        let token = variables["LMON_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
        guard token?.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) != false else {
            throw Unusable(description: "LMON_TOKEN has characters that no token has")
        }
        self.tail = CollectorTail(endpoint, token: token, wish: wish, security: Self.security)
    }

    private static var security: (any ClientSecurity)? {
        #if Remote
        TLSClient()
        #else
        nil
        #endif
    }

    /// Calls `output` on a thread of its own, in order, until it says false, `.ended` was told, or it is stopped. `output`
    /// may block: then no more is read.
    package func start(_ output: @escaping @Sendable (Output) -> Bool) { self.tail.start(output) }

    package func stop() { self.tail.stop() }
}
