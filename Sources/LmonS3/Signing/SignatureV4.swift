package import LmonRecord

/// AWS's Signature Version 4 in S3's dialect (the API reference's "Authenticating Requests: Using the Authorization Header"):
/// the payload's hash is signed and sent, the path is encoded once.
package struct SignatureV4: Sendable {
    private let credentials: S3Credentials
    private let region: String
    private static let service = "s3"
    private static let algorithm = "AWS4-HMAC-SHA256"

    package init(_ credentials: S3Credentials, region: String) {
        self.credentials = credentials
        self.region = region
    }

    /// The fields to send: the request's own, and those that sign it. `Host` is not among them: clients write it themselves.
    package func headers(of request: S3Request, at time: Timestamp) -> [(name: String, value: String)] {
        let time = SigningTime(time)
        let payload = DigestText.hex(SHA256.hash(request.body))
        var headers = request.headers
        headers.append(("x-amz-content-sha256", payload))
        headers.append(("x-amz-date", time.text))
        if let token = self.credentials.sessionToken { headers.append(("x-amz-security-token", token)) }
        let signed = Self.canonical(headers + [("host", request.host)])
        let names = signed.map(\.name).joined(separator: ";")
        let signature = self.signature(Self.canonicalRequest(request, signed, names, payload), time)
        let scope = "\(self.credentials.accessKeyID)/\(self.scope(time))"
        let authorization = "\(Self.algorithm) Credential=\(scope), SignedHeaders=\(names), Signature=\(signature)"
        return headers + [("Authorization", authorization)]
    }

    private func scope(_ time: SigningTime) -> String {
        "\(time.day)/\(self.region)/\(Self.service)/aws4_request"
    }

    private func signature(_ canonicalRequest: String, _ time: SigningTime) -> String {
        let hash = DigestText.hex(SHA256.hash(canonicalRequest.utf8))
        let text = [Self.algorithm, time.text, self.scope(time), hash].joined(separator: "\n")
        let secret = Array("AWS4\(self.credentials.secretAccessKey)".utf8)
        let key = [time.day, self.region, Self.service, "aws4_request"].reduce(secret) {
            HMAC.sha256($1.utf8, key: $0)
        }
        return DigestText.hex(HMAC.sha256(text.utf8, key: key))
    }

    private static func canonicalRequest(
        _ request: S3Request,
        _ headers: [(name: String, value: String)],
        _ names: String,
        _ payload: String
    ) -> String {
        let fields = headers.map { "\($0.name):\($0.value)\n" }.joined()
        return [request.method, request.path, request.canonicalQuery, fields, names, payload].joined(separator: "\n")
    }

    /// Names in lower case and sorted, values of one name joined in their order, white space made single.
    private static func canonical(_ headers: [(name: String, value: String)]) -> [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for (name, value) in headers { values[name.lowercased(), default: []].append(Self.trimmed(value)) }
        return values.map { (name: $0.key, value: $0.value.joined(separator: ",")) }.sorted { $0.name < $1.name }
    }

    private static func trimmed(_ value: String) -> String {
        let blank: (UInt8) -> Bool = { $0 == 0x20 || (9...13).contains($0) }
        let words = value.utf8.split(whereSeparator: blank)
        return words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
}
