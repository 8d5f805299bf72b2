import LmonJSON
import LmonRecord

/// An endpoint beside the function that hands out its credentials, as the AWS variables name it: Lambda has it after a
/// restore from a snapshot, ECS and EKS always.
package struct ContainerCredentials: Hashable, Sendable {
    package enum Token: Hashable, Sendable {
        case text(String)
        /// Read anew for each request: whoever wrote it renews it.
        case file(String)
    }

    package struct Refused: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    package let endpoint: S3Endpoint
    /// Path and query.
    package let target: String
    package let token: Token?

    /// Nil if no variable names one.
    package init?(variables: [String: String]) throws(Refused) {
        if let path = variables.filled("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw Refused(description: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path")
            }
            self.endpoint = S3Endpoint(isSecure: false, host: Self.containerHosts[0], port: 80)
            self.target = path
        } else if let url = variables.filled("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            let bare = url.prefix { $0 != "?" }
            guard let endpoint = S3Endpoint(String(bare)), url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
                !url.contains("#")
            else {
                throw Refused(description: "AWS_CONTAINER_CREDENTIALS_FULL_URI is no http or https URL")
            }
            // Credentials in the clear stay on this machine.
            guard endpoint.isSecure || Self.isOwn(endpoint.host) else {
                throw Refused(
                    description: "AWS_CONTAINER_CREDENTIALS_FULL_URI: http to \(endpoint.host) is not safe; use https"
                )
            }
            self.endpoint = S3Endpoint(isSecure: endpoint.isSecure, host: endpoint.host, port: endpoint.port)
            self.target = Self.target(of: url)
        } else {
            return nil
        }
        if let path = variables.filled("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            self.token = .file(path)
        } else {
            self.token = variables.filled("AWS_CONTAINER_AUTHORIZATION_TOKEN").map { .text($0) }
        }
    }

    /// What a request's `Authorization` may be: a token from a file may end with a line's end, and must have no other.
    package static func authorization(_ token: String) -> String? {
        var bytes = token.utf8[...]
        while let last = bytes.last, [0x0A, 0x0D, 0x20].contains(last) { bytes.removeLast() }
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads the endpoint's answer; nil if it is none.
    package static func credentials(from body: [UInt8]) -> S3Credentials? {
        guard let value = try? JSONValue(parsing: body), let name = value["AccessKeyId"]?.string, !name.isEmpty,
            let secret = value["SecretAccessKey"]?.string, !secret.isEmpty
        else { return nil }
        return S3Credentials(
            accessKeyID: name,
            secretAccessKey: secret,
            sessionToken: value["Token"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            expiration: value["Expiration"]?.string.flatMap { Timestamp($0) }
        )
    }

    /// Of ECS, and of EKS in both protocols.
    private static let containerHosts = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]

    private static func isOwn(_ host: String) -> Bool {
        if self.containerHosts.contains(host) || host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts.first == 127 && !parts.contains(nil)
    }

    private static func target(of url: String) -> String {
        let rest = url.drop { $0 != ":" }.dropFirst(3)
        let target = rest.drop { $0 != "/" && $0 != "?" }
        return target.hasPrefix("/") ? String(target) : "/\(target)"
    }
}
