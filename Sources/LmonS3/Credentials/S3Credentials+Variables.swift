extension S3Credentials {
    /// What the environment carries; nil if it lacks the name or the secret.
    package init?(variables: [String: String]) {
        guard let name = variables.filled("AWS_ACCESS_KEY_ID"), let secret = variables.filled("AWS_SECRET_ACCESS_KEY")
        else { return nil }
        self.init(accessKeyID: name, secretAccessKey: secret, sessionToken: variables.filled("AWS_SESSION_TOKEN"))
    }
}

extension [String: String] {
    /// A value that says something.
    func filled(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }
}
