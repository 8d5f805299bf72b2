package import LmonRecord

/// Whom AWS takes requests as. Its text never shows the secret.
package struct S3Credentials: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package let accessKeyID: String
    package let secretAccessKey: String
    package let sessionToken: String?
    /// Nil if they last, or if nobody says how long.
    package let expiration: Timestamp?

    package init(
        accessKeyID: String,
        secretAccessKey: String,
        sessionToken: String? = nil,
        expiration: Timestamp? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    package var description: String { "credentials \(self.accessKeyID)" }
    package var debugDescription: String { self.description }
    package var customMirror: Mirror { Mirror(self, children: ["accessKeyID": self.accessKeyID]) }

    /// Whether they are of use for a while yet: a request made now is judged by them when it arrives.
    package func isFresh(at now: Timestamp) -> Bool {
        guard let expiration else { return true }
        return expiration.milliseconds(since: now) > Self.margin
    }

    /// Milliseconds before their end at which they are fetched anew.
    private static let margin = 120_000.0
}
