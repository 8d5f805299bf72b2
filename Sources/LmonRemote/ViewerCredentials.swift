import Foundation
import LmonHTTP
import LmonRecord
package import LmonS3

/// Whose rights a viewer has: the variables', a profile's of the shared files, or a container's, in this order, as for
/// AWS's own tools. Files are read anew whenever credentials are needed, since other programs renew them.
package struct ViewerCredentials: Sendable {
    package enum Found: Hashable, Sendable {
        case keys(S3Credentials)
        case container(ContainerCredentials)
    }

    package struct Missing: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    private let variables: [String: String]

    package init(variables: [String: String]) {
        self.variables = variables
    }

    package func find() throws -> Found {
        if let keys = S3Credentials(variables: self.variables) { return .keys(keys) }
        let profile = S3Settings.profile(self.variables)
        let shared = self.shared
        switch ProfileCredentials(shared, profile: profile) {
        case .keys(let keys): return .keys(keys)
        case .other(let reason): throw Missing(description: reason)
        case .none: break
        }
        if let container = try ContainerCredentials(variables: self.variables) { return .container(container) }
        if self.variables["AWS_PROFILE"] != nil, shared[profile: profile] == nil {
            let names = shared.names.isEmpty ? "there are none" : "there are \(shared.names.joined(separator: ", "))"
            throw Missing(description: "AWS_PROFILE=\(profile): no such profile in the shared files; \(names)")
        }
        throw Missing(
            description: "no AWS credentials: neither AWS_ACCESS_KEY_ID nor a profile's keys in ~/.aws; "
                + "aws configure makes them"
        )
    }

    /// Where S3 is, and what its requests are signed for.
    package func settings() throws -> S3Settings { try S3Settings(variables: self.variables, shared: self.shared) }

    /// As variables for an agent that is to have the same rights and to find the same server.
    package func agentVariables() throws -> [String: String] {
        var result: [String: String] = [:]
        switch try self.find() {
        case .keys(let keys):
            result["AWS_ACCESS_KEY_ID"] = keys.accessKeyID
            result["AWS_SECRET_ACCESS_KEY"] = keys.secretAccessKey
            // Empty: what a function has of its own does not belong to these.
            result["AWS_SESSION_TOKEN"] = keys.sessionToken ?? ""
        case .container: result = self.variables.filter { $0.key.hasPrefix("AWS_CONTAINER_") }
        }
        let settings = try self.settings()
        result["AWS_ENDPOINT_URL_S3"] = settings.endpoint?.description
        result["AWS_REGION"] = settings.region
        return result
    }

    private var shared: SharedConfig {
        SharedConfig(
            config: self.text("AWS_CONFIG_FILE", or: "config"),
            credentials: self.text("AWS_SHARED_CREDENTIALS_FILE", or: "credentials")
        )
    }

    private func text(_ variable: String, or name: String) -> String? {
        let named = self.variables[variable].flatMap { $0.isEmpty ? nil : $0 }
        let path = named ?? "~/.aws/\(name)"
        let home = self.variables["HOME"] ?? NSHomeDirectory()
        let expanded = path.hasPrefix("~/") ? home + path.dropFirst() : path
        guard let file = FileHandle(forReadingAtPath: expanded) else { return nil }
        defer { try? file.close() }
        // Of a megabyte nobody wrote all by hand.
        guard let data = try? file.read(upToCount: 1 << 20) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }
}
