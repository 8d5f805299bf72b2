import LmonRecord
import LmonS3
import LmonTestSupport
import Testing

@Suite struct CredentialsTests {
    @Test func variables() {
        let both = ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S"]
        #expect(S3Credentials(variables: both) == S3Credentials(accessKeyID: "A", secretAccessKey: "S"))
        let token = both.merging(["AWS_SESSION_TOKEN": "T"]) { $1 }
        #expect(S3Credentials(variables: token)?.sessionToken == "T")
        #expect(S3Credentials(variables: ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": ""]) == nil)
        #expect(S3Credentials(variables: [:]) == nil)
    }

    @Test func freshness() throws {
        let now = try #require(Timestamp("2026-11-23T10:00:00Z"))
        func fresh(_ seconds: Double) -> Bool {
            S3Credentials(accessKeyID: "A", secretAccessKey: "S", expiration: now.adding(milliseconds: seconds * 1000))
                .isFresh(at: now)
        }
        #expect(fresh(600))
        #expect(!fresh(60))
        #expect(!fresh(-3600))
        #expect(S3Credentials(accessKeyID: "A", secretAccessKey: "S").isFresh(at: now))
    }
}

@Suite struct ContainerCredentialsTests {
    private static let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    private static let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"

    @Test func endpoints() throws {
        let lambda = try #require(
            try ContainerCredentials(variables: [
                Self.full: "http://127.0.0.1:9001/2021-08-23/credentials?x=1",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "abc",
            ])
        )
        #expect(lambda.endpoint.description == "http://127.0.0.1:9001")
        #expect(lambda.target == "/2021-08-23/credentials?x=1")
        #expect(lambda.token == .text("abc"))
        let tasks = try #require(
            try ContainerCredentials(variables: [
                Self.relative: "/v2/credentials/x", Self.full: "http://evil.test/",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/var/token", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "abc",
            ])
        )
        #expect(tasks.endpoint.description == "http://169.254.170.2")
        #expect(tasks.target == "/v2/credentials/x")
        #expect(tasks.token == .file("/var/token"))
        #expect(try ContainerCredentials(variables: [Self.full: "https://creds.test"])?.target == "/")
        #expect(try ContainerCredentials(variables: [Self.full: "http://[fd00:ec2::23]/v1/credentials"]) != nil)
        #expect(try ContainerCredentials(variables: [:]) == nil)
    }

    /// Keys in the clear stay on this machine.
    @Test(arguments: [
        (Self.full, "http://creds.test/x"), (Self.full, "http://127.0.0.1.evil.test/"), (Self.full, "http://10.0.0.1/"),
        (Self.full, "ftp://127.0.0.1/"), (Self.full, "nonsense"), (Self.full, "http://user@127.0.0.1/"),
        (Self.full, "http://127.0.0.1/a b"), (Self.relative, "v2/x"), (Self.relative, "/a\r\nb"),
    ])
    func refused(name: String, value: String) {
        #expect(throws: ContainerCredentials.Refused.self) { try ContainerCredentials(variables: [name: value]) }
    }

    @Test func answers() throws {
        let body = #"{"AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"2026-11-23T10:00:00Z","X":[1]}"#
        let credentials = try #require(ContainerCredentials.credentials(from: Array(body.utf8)))
        #expect(credentials.accessKeyID == "A" && credentials.sessionToken == "T")
        #expect(credentials.expiration == Timestamp("2026-11-23T10:00:00Z"))
        for text in ["", "{}", "[]", #"{"AccessKeyId":"A"}"#, #"{"AccessKeyId":"","SecretAccessKey":"S"}"#, body + "x"]
        {
            #expect(ContainerCredentials.credentials(from: Array(text.utf8)) == nil)
        }
        var random = SeededGenerator(seed: 8)
        for _ in 0..<2000 { _ = ContainerCredentials.credentials(from: RandomJSON.mutated(&random)) }
    }

    @Test func aTokenIsOneLine() {
        #expect(ContainerCredentials.authorization("abc\r\n") == "abc")
        #expect(ContainerCredentials.authorization("a\r\nX: y") == nil)
        #expect(ContainerCredentials.authorization("\n") == nil)
    }
}

@Suite struct SharedConfigTests {
    private static let config = """
        # a comment
        [default]
        region = eu-west-1
        output=json
        [profile  work ]
        region = us-west-2 ; where it is
        aws_access_key_id = CONFIG
        aws_secret_access_key = config
        s3 =
          addressing_style = virtual
          max_concurrent_requests = 20
        services = local
        [profile "quoted name"]
        sso_session = corp
        [profile role]
        role_arn = arn:aws:iam::1:role/x
        source_profile = default
        [services local]
        s3 =
          endpoint_url = http://127.0.0.1:5000
        [sso-session corp]
        sso_start_url = https://x
        [ignored]
        region = nowhere
        """
    private static let credentials = """
        [default]
        aws_access_key_id = DEFAULT
        aws_secret_access_key = a=b#c
        [work]
        AWS_ACCESS_KEY_ID = FILE
        aws_secret_access_key = file
        aws_session_token = token
        """
    private static let shared = SharedConfig(config: Self.config, credentials: Self.credentials)

    @Test func settings() {
        #expect(Self.shared.names == ["default", "quoted name", "role", "work"])
        #expect(Self.shared[profile: "work"]?["region"] == "us-west-2")
        #expect(Self.shared[profile: "work"]?["s3.addressing_style"] == "virtual")
        #expect(Self.shared[profile: "ignored"] == nil)
        #expect(SharedConfig(config: nil, credentials: nil).names == [])
    }

    /// The credentials' file wins, and a `#` within a secret belongs to it.
    @Test func keys() {
        guard case .keys(let work) = ProfileCredentials(Self.shared, profile: "work"),
            case .keys(let standard) = ProfileCredentials(Self.shared, profile: "default")
        else {
            Issue.record("no keys")
            return
        }
        #expect(work == S3Credentials(accessKeyID: "FILE", secretAccessKey: "file", sessionToken: "token"))
        #expect(standard.secretAccessKey == "a=b#c")
    }

    @Test func profilesThatGiveKeysByAnotherWay() {
        let export = #"run  eval "$(aws configure export-credentials --profile 'quoted name' --format env)"  first"#
        #expect(
            ProfileCredentials(Self.shared, profile: "quoted name")
                == .other("profile quoted name gets its credentials by single sign-on: \(export)")
        )
        guard case .other(let text) = ProfileCredentials(Self.shared, profile: "role") else {
            Issue.record("a role gives no keys")
            return
        }
        #expect(text.contains("a role that it assumes") && text.contains("--profile role "))
        #expect(ProfileCredentials(Self.shared, profile: "nobody") == .none)
    }

    @Test func whereS3Is() throws {
        let work = try S3Settings(variables: ["AWS_PROFILE": "work"], shared: Self.shared)
        #expect(work.region == "us-west-2")
        #expect(work.style == .virtualHost)
        #expect(work.endpoint?.description == "http://127.0.0.1:5000")
        let variables = ["AWS_PROFILE": "work", "AWS_REGION": "sa-east-1", "AWS_ENDPOINT_URL": "http://a.test"]
        let named = try S3Settings(variables: variables, shared: Self.shared)
        #expect(named.region == "sa-east-1")
        #expect(named.endpoint?.host == "a.test")
        let own = variables.merging(["AWS_ENDPOINT_URL_S3": "http://b.test"]) { $1 }
        #expect(try S3Settings(variables: own, shared: Self.shared).endpoint?.host == "b.test")
        let ignored = own.merging(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]) { $1 }
        #expect(try S3Settings(variables: ignored, shared: Self.shared).endpoint == nil)
        #expect(throws: S3Settings.Problem.self) { try S3Settings(variables: ["AWS_ENDPOINT_URL": "nonsense"]) }
        let plain = try S3Settings(variables: [:])
        #expect(plain.address(try S3Location("s3://bucket")).host == "bucket.s3.us-east-1.amazonaws.com")
    }

    @Test func garbage() {
        var random = SeededGenerator(seed: 77)
        for _ in 0..<3000 {
            var bytes = Array(Self.config.utf8)
            for _ in 0..<random.int(1..<8) where !bytes.isEmpty {
                let index = random.int(0..<bytes.count)
                switch random.int(0..<3) {
                case 0: bytes[index] = UInt8(random.int(0..<256))
                case 1:
                    bytes.insert(
                        contentsOf: random.pick(["[", "]", "=", "\n", "\r\n", " ", "#", "[]\n"]).utf8,
                        at: index
                    )
                default: bytes.removeSubrange(index..<min(bytes.count, index + random.int(1..<30)))
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let shared = SharedConfig(config: text, credentials: text)
            for name in shared.names { _ = ProfileCredentials(shared, profile: name) }
        }
    }
}
