extension S3Address {
    /// Puts an object that is checked on arrival: its SHA-256 is signed as the payload's hash, and kept as its checksum.
    package func put(_ body: [UInt8], key: String, contentType: String) -> S3Request {
        self.request(
            "PUT",
            key: key,
            headers: [
                ("Content-Type", contentType), ("x-amz-checksum-sha256", DigestText.base64(SHA256.hash(body))),
            ],
            body: body
        )
    }

    package func get(key: String) -> S3Request { self.request("GET", key: key) }

    /// A page of the keys that begin with `prefix` and come after `after`; of those that go on with `delimiter`, what stands
    /// before it. Keys are asked for percent-encoded, since XML cannot carry all that they may hold.
    package func list(
        prefix: String,
        after: String? = nil,
        delimiter: String? = nil,
        continuation: String? = nil,
        maximum: Int? = nil
    ) -> S3Request {
        var query = [("list-type", "2"), ("encoding-type", "url"), ("prefix", prefix)]
        if let after { query.append(("start-after", after)) }
        if let delimiter { query.append(("delimiter", delimiter)) }
        if let continuation { query.append(("continuation-token", continuation)) }
        if let maximum { query.append(("max-keys", "\(maximum)")) }
        return self.request("GET", query: query.map { (name: $0.0, value: $0.1) })
    }
}
