/// Where a bucket is reached and how its name is written in requests.
package struct S3Address: Hashable, Sendable {
    package enum Style: Hashable, Sendable {
        /// `https://host/bucket/key`.
        case path
        /// `https://bucket.host/key`.
        case virtualHost
    }

    package let location: S3Location
    /// Named by a URL; nil: AWS's own in `region`.
    package let custom: S3Endpoint?
    /// What is asked for; nil: as it fits.
    package let wantedStyle: Style?
    /// What signatures name; changes when the bucket turns out to lie elsewhere.
    package var region: String

    package init(_ location: S3Location, region: String, endpoint: S3Endpoint? = nil, style: Style? = nil) {
        self.location = location
        self.region = region
        self.custom = endpoint
        self.wantedStyle = style
    }

    package var endpoint: S3Endpoint { self.custom ?? S3Endpoint(region: self.region) }

    /// Names with dots have no certificate below AWS's host, and servers of one's own seldom have names below theirs.
    package var style: Style {
        if let wantedStyle { return wantedStyle }
        return self.custom == nil && self.location.isHostLabel ? .virtualHost : .path
    }

    /// What is connected to.
    package var host: String {
        switch self.style {
        case .path: self.endpoint.host
        case .virtualHost: "\(self.location.bucket).\(self.endpoint.host)"
        }
    }

    /// A request about the bucket, or about the object of `key`.
    package func request(
        _ method: String,
        key: String? = nil,
        query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) -> S3Request {
        let base = self.style == .path ? "\(self.endpoint.path)/\(self.location.bucket)" : self.endpoint.path
        let path: String
        if let key {
            path = "\(base)/\(PercentEncoding.encode(key, keeping: "/"))"
        } else {
            path = base.isEmpty ? "/" : base
        }
        return S3Request(
            method,
            host: self.endpoint.authority(of: self.host),
            path: path,
            query: query,
            headers: headers,
            body: body
        )
    }
}
