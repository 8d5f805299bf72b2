/// A request to S3 that is yet to be signed.
package struct S3Request: Hashable, Sendable {
    package var method: String
    /// As the `Host` header has it: with the port, where it is not the usual one.
    package var host: String
    /// Percent-encoded, once; begins with a slash. S3 signs it as it is sent: neither encoded again nor normalised.
    package var path: String
    /// Names and values as they are meant, in any order.
    package var query: [(name: String, value: String)]
    /// Fields besides those that signing adds. All are signed.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(
        _ method: String,
        host: String,
        path: String,
        query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.host = host
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// Path and query as they are sent.
    package var target: String { self.query.isEmpty ? self.path : "\(self.path)?\(self.canonicalQuery)" }

    /// Encoded, and sorted as it is signed.
    var canonicalQuery: String {
        self.query
            .map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
            .sorted { $0 < $1 }
            .map { "\($0.0)=\($0.1)" }
            .joined(separator: "&")
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.method == right.method && left.host == right.host && left.path == right.path && left.body == right.body
            && left.query.elementsEqual(right.query, by: ==) && left.headers.elementsEqual(right.headers, by: ==)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.method)
        hasher.combine(self.path)
    }
}
