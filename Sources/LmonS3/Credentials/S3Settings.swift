/// Where S3 is, by the variables of AWS's tools and a profile of the shared files; a variable wins.
package struct S3Settings: Hashable, Sendable {
    package struct Problem: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    package let region: String?
    package let endpoint: S3Endpoint?
    package let style: S3Address.Style?

    /// The profile that is meant where no variable says so.
    package static func profile(_ variables: [String: String]) -> String {
        variables.filled("AWS_PROFILE") ?? variables.filled("AWS_DEFAULT_PROFILE") ?? "default"
    }

    package init(variables: [String: String], shared: SharedConfig = SharedConfig()) throws(Problem) {
        let profile = Self.profile(variables)
        let settings = shared[profile: profile] ?? [:]
        let services = shared.services(of: profile)
        self.region =
            variables.filled("AWS_REGION") ?? variables.filled("AWS_DEFAULT_REGION") ?? settings.filled("region")
        switch settings.filled("s3.addressing_style")?.lowercased() {
        case "path": self.style = .path
        case "virtual": self.style = .virtualHost
        default: self.style = nil
        }
        let ignores =
            (variables.filled("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
            ?? settings.filled("ignore_configured_endpoint_urls"))?.lowercased() == "true"
        let named: [(name: String, url: String?)] = [
            ("AWS_ENDPOINT_URL_S3", variables.filled("AWS_ENDPOINT_URL_S3")),
            ("AWS_ENDPOINT_URL", variables.filled("AWS_ENDPOINT_URL")),
            ("endpoint_url of s3", services.filled("s3.endpoint_url")),
            ("endpoint_url", settings.filled("endpoint_url")),
        ]
        guard !ignores, let named = named.first(where: { $0.url != nil }), let url = named.url else {
            self.endpoint = nil
            return
        }
        guard let endpoint = S3Endpoint(url) else {
            throw Problem(description: "\(named.name)=\(url): not an http or https URL without a user")
        }
        self.endpoint = endpoint
    }

    /// The address of a bucket. A server of one's own takes any region; AWS tells where a bucket lies when it is asked at
    /// the wrong place.
    package func address(_ location: S3Location) -> S3Address {
        S3Address(location, region: self.region ?? "us-east-1", endpoint: self.endpoint, style: self.style)
    }
}
