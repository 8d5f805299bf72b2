package import LmonS3

/// Where the layer's agent sends its records, and what it takes to let it.
package enum LayerSpool: Hashable, Sendable {
    /// To the function's log.
    case log
    case bucket(S3Location)
    /// The URL, as written.
    case collector(String)

    package struct Malformed: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// Reads `s3://bucket/prefix` or a collector's URL.
    package init(_ text: String) throws(Malformed) {
        if text.hasPrefix("s3:") {
            do {
                self = .bucket(try S3Location(text))
            } catch {
                throw Malformed(description: "\(text): \(error)")
            }
        } else if S3Endpoint(text) != nil {
            self = .collector(text)
        } else {
            throw Malformed(description: "\(text): not s3://BUCKET/PREFIX or an http or https URL without a user")
        }
    }

    /// `LMON_SPOOL`; nil if there is none.
    package var url: String? {
        switch self {
        case .log: nil
        case .bucket(let location): location.description
        case .collector(let url): url
        }
    }

    /// What a function's role, and a viewer, have to be allowed, at least; nil where no rights of AWS are asked for.
    package var policies: SpoolPolicies? {
        if case .bucket(let location) = self { SpoolPolicies(location) } else { nil }
    }
}

/// The least that agent and viewer need of a bucket, as the statements of IAM policies. An agent puts objects and does nothing
/// else; a viewer lists and gets them.
package struct SpoolPolicies: Hashable, Sendable {
    private let location: S3Location

    init(_ location: S3Location) { self.location = location }

    /// Behind `arn:aws:s3:::`: every object of ours.
    var objects: String { "\(self.location.bucket)/\(self.location.prefix)v1/*" }

    package var agent: String {
        #"{"Effect":"Allow","Action":"s3:PutObject","Resource":\#(Self.resource(self.objects))}"#
    }

    package var viewer: String {
        #"[{"Effect":"Allow","Action":"s3:GetObject","Resource":\#(Self.resource(self.objects))},"#
            + #"{"Effect":"Allow","Action":"s3:ListBucket","Resource":\#(Self.resource(self.location.bucket)),"#
            + #""Condition":{"StringLike":{"s3:prefix":\#(Attachment.quoted("\(self.location.prefix)v1/*"))}}}]"#
    }

    private static func resource(_ name: String) -> String { Attachment.quoted("arn:aws:s3:::\(name)") }
}
