/// What a profile of the shared files gives: keys, or why it gives none.
package enum ProfileCredentials: Hashable, Sendable {
    case keys(S3Credentials)
    /// The profile is there and gives credentials by another way, which is not gone here.
    case other(String)
    /// There is no such profile, or it says nothing of credentials.
    case none

    package init(_ config: SharedConfig, profile: String) {
        guard let settings = config[profile: profile] else {
            self = .none
            return
        }
        if let name = settings.filled("aws_access_key_id"), let secret = settings.filled("aws_secret_access_key") {
            let token = settings.filled("aws_session_token") ?? settings.filled("aws_security_token")
            self = .keys(S3Credentials(accessKeyID: name, secretAccessKey: secret, sessionToken: token))
            return
        }
        let ways = [
            ("sso_session", "single sign-on"), ("sso_start_url", "single sign-on"), ("login_session", "a login"),
            ("role_arn", "a role that it assumes"), ("web_identity_token_file", "a web identity"),
            ("credential_process", "a program of its own"),
        ]
        if let way = ways.first(where: { settings.filled($0.0) != nil }) {
            let export = "aws configure export-credentials --profile \(Self.quoted(profile)) --format env"
            self = .other("profile \(profile) gets its credentials by \(way.1): run  eval \"$(\(export))\"  first")
        } else {
            self = .none
        }
    }

    /// As a shell takes it for one word.
    private static func quoted(_ name: String) -> String {
        let plain: (UInt8) -> Bool = {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || [0x2D, 0x2E, 0x5F].contains($0)
        }
        if !name.isEmpty, name.utf8.allSatisfy(plain) { return name }
        return "'" + name.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
