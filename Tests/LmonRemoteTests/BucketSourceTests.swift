import Foundation
import LmonRemote
import LmonS3
import LmonTestSupport
import Testing

@Suite struct ViewerCredentialsTests {
    private func find(
        _ variables: [String: String],
        config: String = "",
        credentials: String = ""
    ) throws -> ViewerCredentials.Found {
        let folder = try TemporaryFolder()
        try folder.write(config.utf8, to: "config")
        try folder.write(credentials.utf8, to: "credentials")
        let files = [
            "AWS_CONFIG_FILE": folder.path("config"), "AWS_SHARED_CREDENTIALS_FILE": folder.path("credentials"),
        ]
        return try ViewerCredentials(variables: variables.merging(files) { own, _ in own }).find()
    }

    private static let keys = "aws_access_key_id = FILE\naws_secret_access_key = secret\n"

    @Test func variablesComeBeforeFilesAndFilesBeforeAContainer() throws {
        let variables = ["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"]
        let container = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/x"]
        let file = "[default]\n" + Self.keys
        #expect(
            try self.find(variables, credentials: file)
                == .keys(S3Credentials(accessKeyID: "ENV", secretAccessKey: "s"))
        )
        #expect(
            try self.find(container, credentials: file)
                == .keys(S3Credentials(accessKeyID: "FILE", secretAccessKey: "secret"))
        )
        guard case .container = try self.find(container) else {
            Issue.record("the container is not asked")
            return
        }
    }

    /// From the home folder, where no variable names the files.
    @Test func filesOfTheHomeFolder() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path(".aws"), withIntermediateDirectories: true)
        try folder.write(("[work]\n" + Self.keys).utf8, to: ".aws/credentials")
        let found = try ViewerCredentials(variables: ["HOME": folder.url.path, "AWS_PROFILE": "work"]).find()
        #expect(found == .keys(S3Credentials(accessKeyID: "FILE", secretAccessKey: "secret")))
    }

    @Test(
        arguments: [
            ([:], "", "no AWS credentials"), (["AWS_PROFILE": "nobody"], "[profile a]\nregion=x", "no such profile"),
            (
                ["AWS_PROFILE": "corp"], "[profile corp]\nsso_session = x",
                "aws configure export-credentials --profile corp"
            ),
            (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://far.test/"], "", "not safe"),
        ] as [([String: String], String, String)]
    )
    func whatIsMissingIsSaid(variables: [String: String], config: String, words: String) throws {
        do {
            let found = try self.find(variables, config: config)
            Issue.record("found \(found)")
        } catch {
            #expect("\(error)".contains(words), "\(error)")
        }
    }

    @Test func aSourceThatCannotBeUsedIsRefusedAtOnce() {
        for text in ["s3://", "s3://UP CASE/x", "s3://bucket/x"] {
            #expect(throws: BucketSource.Unusable.self) {
                try BucketSource(text, variables: ["HOME": "/nowhere"], start: .beginning, follows: true)
            }
        }
    }
}
