/// What is redacted, as data: what `LmonInterceptors/Shared/rules.json` says, from which the interceptors take it. A test
/// holds the two equal: this module reads no file, and is not to parse one at each start.
package struct RedactionRules: Sendable {
    /// Credentials that are known by their looks; lengths count the prefix.
    package struct Shape: Sendable {
        package let prefix: String
        package let minimum: Int
        package let maximum: Int
        package let alphabet: String
    }

    package static let marker = "‹redacted›"

    /// A header whose lower-case name holds one of these keeps its name only.
    package static let headers = [
        "authorization", "cookie", "api-key", "apikey", "token", "secret", "password", "signature", "credential",
        "private-key", "session-id",
    ]

    /// Query, form, JSON and XML names, as lower-case letters and digits only (`X-Api_Key` is `xapikey`).
    package static let keys = [
        "password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "accesskey", "privatekey", "signature",
        "credential", "authorization", "cookie", "sessionid", "assertion", "bearer", "jwt", "cvv", "cardnumber",
    ]

    /// Whole names that only look like the above.
    package static let plain = [
        "nexttoken", "continuationtoken", "nextcontinuationtoken", "pagetoken", "nextpagetoken", "paginationtoken",
        "tokentype",
    ]

    /// Endings of names whose numbers are counts or times; their strings are still secret.
    package static let numbers = ["tokens", "count", "length", "expires", "expiresin", "expiresat", "ttl"]

    package static let shapes = [
        Shape(prefix: "AKIA", minimum: 20, maximum: 20, alphabet: Self.upperDigits),
        Shape(prefix: "ASIA", minimum: 20, maximum: 20, alphabet: Self.upperDigits),
        Shape(prefix: "IQoJb3JpZ2lu", minimum: 100, maximum: 4096, alphabet: Self.base64),
        Shape(prefix: "FwoGZXIvYXdz", minimum: 100, maximum: 4096, alphabet: Self.base64),
        Shape(prefix: "FQoGZXIvYXdz", minimum: 100, maximum: 4096, alphabet: Self.base64),
        Shape(prefix: "Bearer ", minimum: 23, maximum: 8192, alphabet: Self.base64),
    ]

    /// AWS services whose bodies are secrets from end to end.
    package static let services = ["secretsmanager", "ssm", "kms", "sts"]

    /// Beginnings of `X-Amz-Target` of those services.
    package static let targets = ["secretsmanager.", "AmazonSSM.", "TrentService."]

    private static let upperDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    private static let base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_.~%"
}
