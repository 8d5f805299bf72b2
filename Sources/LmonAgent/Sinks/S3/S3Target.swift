import LmonHTTP
package import LmonS3

/// The bucket that records go to, and by whose credentials, as the variables say that Lambda sets.
package struct S3Target: Hashable, Sendable {
    package let address: S3Address
    package let credentials: CredentialsOrigin

    package struct Problem: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    package init(_ location: S3Location, _ variables: [String: String]) throws {
        let settings = try S3Settings(variables: variables)
        if let endpoint = settings.endpoint, !endpoint.isSecure, !HostCheck.isLoopback(endpoint.host) {
            throw Problem(
                description: "http to \(endpoint.host) is not safe, S3 takes https (http on this machine only)"
            )
        }
        self.address = settings.address(location)
        guard let origin = try CredentialsOrigin(variables) else {
            throw Problem(description: "no credentials in the environment (AWS_ACCESS_KEY_ID and what belongs to it)")
        }
        self.credentials = origin
    }
}

/// Where a function's own credentials come from.
package enum CredentialsOrigin: Hashable, Sendable {
    /// The environment: they hold as long as it does.
    case fixed(S3Credentials)
    /// An endpoint beside the function, to be asked again before they end.
    case container(ContainerCredentials)

    /// Nil if the variables name none.
    package init?(_ variables: [String: String]) throws(ContainerCredentials.Refused) {
        if let fixed = S3Credentials(variables: variables) {
            self = .fixed(fixed)
        } else if let container = try ContainerCredentials(variables: variables) {
            self = .container(container)
        } else {
            return nil
        }
    }
}
