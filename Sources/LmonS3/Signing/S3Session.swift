package import LmonRecord

/// What is known of a bucket from what it answered: where it lies, and how far this clock is off. Requests are signed with
/// that, and made again at once where an answer taught something.
package struct S3Session: Hashable, Sendable {
    package private(set) var address: S3Address
    /// Milliseconds that S3's clock is ahead of this one.
    package private(set) var skew = 0.0

    package enum Lesson: Hashable, Sendable {
        /// The same request, made anew, may fare better.
        case again
        /// It may with other credentials.
        case againWithOtherCredentials
        case none
    }

    package init(_ address: S3Address) {
        self.address = address
    }

    /// The fields to send; see `SignatureV4`.
    package func headers(
        of request: S3Request,
        _ credentials: S3Credentials,
        now: Timestamp
    ) -> [(name: String, value: String)] {
        SignatureV4(credentials, region: self.address.region)
            .headers(of: request, at: now.adding(milliseconds: self.skew))
    }

    package mutating func learn(from failure: S3Failure, now: Timestamp) -> Lesson {
        switch failure.kind {
        case .redirected(let region) where region != self.address.region:
            self.address.region = region
            return .again
        case .skewed:
            guard let time = failure.serverTime else { return .none }
            self.skew = time.milliseconds(since: now)
            return .again
        case .expired: return .againWithOtherCredentials
        default: return .none
        }
    }
}
