import LmonJSON
import LmonRecord
import LmonS3
import LmonTestSupport
import Testing

@Suite struct SignatureTests {
    private static let credentials = S3Credentials(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE",
        secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    )

    /// The example of S3's API reference: a list with a query.
    @Test func theReferencesOwnExample() throws {
        let request = S3Request(
            "GET",
            host: "examplebucket.s3.amazonaws.com",
            path: "/",
            query: [("prefix", "J"), ("max-keys", "2")]
        )
        let time = try #require(Timestamp("2013-05-24T00:00:00Z"))
        let headers = SignatureV4(Self.credentials, region: "us-east-1").headers(of: request, at: time)
        let authorization = try #require(headers.last)
        #expect(authorization.name == "Authorization")
        #expect(
            authorization.value
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                + "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
                + "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        )
        #expect(request.target == "/?max-keys=2&prefix=J")
    }

    /// A profile printed by mistake shows no secret.
    @Test func theSecretIsNotPrinted() {
        let secret = "wJalrXUtnFEMI"
        var dumped = ""
        dump(Self.credentials, to: &dumped)
        for text in ["\(Self.credentials)", String(reflecting: Self.credentials), dumped] {
            #expect(!text.contains(secret))
        }
    }
}

/// The same requests as botocore makes and signs them. `./Tests/run` installs it.
@Suite(.enabled(if: BotoPython.path != nil, "botocore is not installed: ./Tests/run does that"))
struct BotocoreTests {
    private static let keys = [
        "plain.txt", "with space", "two  spaces ", "plus+plus", "per%cent", "%2F", "ünïcödé/ключ", "日本/🐑.gz", "a//b",
        "/leading", "trailing/", "//", "a/./b", "tilde~tilde", "a=b&c=d", "question?mark", "hash#tag", "semi;colon",
        "quote'\"", "back\\slash", "paren(s)[x]{y}", "star*", "colon:at@", "v1/orders/2026/11/23/10/1-E-1-2.ndjson.gz",
        "comma,dollar$", "pipe|caret^", "<tag>", "tab\there", "é combining e\u{301}", "!bang", "%E2%82%AC", "+ +",
    ]

    private static let lists: [[String: String]] = [
        ["Prefix": ""], ["Prefix": "v1/"], ["Prefix": "v1/", "Delimiter": "/"], ["Prefix": "a b+c%d/", "MaxKeys": "7"],
        ["Prefix": "ключ/", "StartAfter": "ключ/2026/1 2"], ["StartAfter": "v1/x/2026/11/23/10/1795428000000"],
        ["Prefix": "p", "ContinuationToken": "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=+ &"],
        ["Prefix": "~", "Delimiter": "%"], ["Prefix": "é", "MaxKeys": "1000"], ["Prefix": "*()'!", "Delimiter": "/"],
    ]

    /// Makes each request with botocore's client and keeps what it would have sent.
    private static let script = #"""
        import datetime, json, sys
        import botocore.auth, botocore.session
        from botocore.awsrequest import AWSResponse
        from botocore.config import Config
        moment = datetime.datetime(2026, 11, 23, 10, 0, 0)
        for name in ('get_current_datetime',):
            if hasattr(botocore.auth, name): setattr(botocore.auth, name, lambda *a, **k: moment)
        class Fixed(datetime.datetime):
            @classmethod
            def utcnow(cls): return moment
            @classmethod
            def now(cls, tz=None): return moment if tz is None else moment.replace(tzinfo=tz)
        class Module:
            datetime = Fixed
            def __getattr__(self, name): return getattr(datetime, name)
        if hasattr(botocore.auth, 'datetime'): botocore.auth.datetime = Module()
        plan = json.load(open(sys.argv[1]))
        for case in plan:
            session = botocore.session.Session()
            session.set_credentials(case['id'], case['secret'], case.get('token'))
            client = session.create_client('s3', region_name=case['region'], endpoint_url=case.get('endpoint'),
                config=Config(signature_version='s3v4', s3={'addressing_style': case['style'],
                    'payload_signing_enabled': True, 'us_east_1_regional_endpoint': 'regional'}, request_checksum_calculation='when_required',
                    response_checksum_validation='when_required'))
            kept = {}
            def keep(request, **_):
                kept['request'] = request
                return AWSResponse(request.url, 200, {}, type('Raw', (), {'stream': lambda s, *a, **k: iter([b'<a/>']),
                    'read': lambda s, *a: b'', 'close': lambda s: None})())
            client.meta.events.register('before-send.s3', keep)
            body = bytes.fromhex(case.get('body', ''))
            try:
                if case['operation'] == 'put':
                    client.put_object(Bucket=case['bucket'], Key=case['key'], Body=body, ContentType='application/gzip',
                        ChecksumSHA256=case['checksum'])
                elif case['operation'] == 'get':
                    client.get_object(Bucket=case['bucket'], Key=case['key'])
                else:
                    values = dict(case['list'])
                    if 'MaxKeys' in values: values['MaxKeys'] = int(values['MaxKeys'])
                    client.list_objects_v2(Bucket=case['bucket'], EncodingType='url', **values)
            except Exception as error:
                if 'request' not in kept: raise
            request = kept['request']
            text = lambda v: v.decode() if isinstance(v, bytes) else str(v)
            print(json.dumps({'url': request.url, 'headers': [[k, text(v)] for k, v in request.headers.items()]}))
        """#

    private struct Case {
        let operation: String
        let bucket: String
        let key: String
        let list: [String: String]
        let body: [UInt8]
        let token: String?
        let region: String
        let endpoint: String?
        let style: S3Address.Style

        var credentials: S3Credentials {
            S3Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret/+=é", sessionToken: self.token)
        }

        var request: S3Request {
            get throws {
                let address = S3Address(
                    try S3Location("s3://\(self.bucket)"),
                    region: self.region,
                    endpoint: self.endpoint.flatMap { S3Endpoint($0) },
                    style: self.style
                )
                return switch self.operation {
                case "put": address.put(self.body, key: self.key, contentType: "application/gzip")
                case "get": address.get(key: self.key)
                default:
                    address.list(
                        prefix: self.list["Prefix"] ?? "",
                        after: self.list["StartAfter"],
                        delimiter: self.list["Delimiter"],
                        continuation: self.list["ContinuationToken"],
                        maximum: self.list["MaxKeys"].flatMap { Int($0) }
                    )
                }
            }
        }

        func write(_ writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("operation", self.operation)
            writer.member("bucket", self.bucket)
            writer.member("key", self.key)
            writer.key("list")
            writer.beginObject()
            // The protocol's own order of members does not matter.
            for (name, value) in self.list.sorted(by: { $0.key < $1.key }) {
                writer.key(any: name)
                writer.string(value)
            }
            if self.operation == "list", self.list["Prefix"] == nil {
                writer.key("Prefix")
                writer.string("")
            }
            writer.endObject()
            writer.member("body", DigestText.hex(self.body))
            writer.member("checksum", DigestText.base64(SHA256.hash(self.body)))
            writer.member("id", self.credentials.accessKeyID)
            writer.member("secret", self.credentials.secretAccessKey)
            writer.member("token", self.token)
            writer.member("region", self.region)
            writer.member("endpoint", self.endpoint)
            writer.member("style", self.style == .path ? "path" : "virtual")
            writer.endObject()
        }
    }

    private static var cases: [Case] {
        var random = SeededGenerator(seed: 4)
        let tokens = [nil, "IQoJb3JpZ2luX2VjEHUa+/=FQoGZXIvYXdzEXAMPLE//////////wEaDL"]
        func make(_ operation: String, key: String = "", list: [String: String] = [:], index: Int) -> Case {
            Case(
                operation: operation,
                bucket: index % 5 == 4 ? "dotted.bucket.name" : "my-bucket",
                key: key,
                list: list,
                body: operation == "put" ? (0..<random.int(0..<300)).map { _ in UInt8(random.int(0..<256)) } : [],
                token: tokens[index % 2],
                region: ["us-east-1", "eu-central-1", "cn-north-1"][index % 3],
                endpoint: index % 4 == 3 ? "http://127.0.0.1:5000" : nil,
                style: index % 4 == 3 || index % 5 == 4 || index % 3 == 1 ? .path : .virtualHost
            )
        }
        let objects = Self.keys.enumerated().flatMap { index, key in
            [make("put", key: key, index: index), make("get", key: key, index: index + 1)]
        }
        return objects + Self.lists.enumerated().map { make("list", list: $1, index: $0) }
    }

    @Test func signaturesAddressesAndQueriesAreBotocores() async throws {
        let cases = Self.cases
        #expect(cases.count >= 70)
        var writer = JSONWriter(capacity: 1 << 16)
        writer.array { writer in
            for one in cases { one.write(&writer) }
        }
        let folder = try TemporaryFolder()
        try folder.write(writer.bytes, to: "plan")
        let lines = try await BotoPython.run(Self.script, [folder.path("plan")]).split(separator: "\n")
        #expect(lines.count == cases.count)
        let time = try #require(Timestamp("2026-11-23T10:00:00Z"))
        for (one, line) in zip(cases, lines) {
            let theirs = try JSONValue(parsing: String(line))
            try Self.compare(one, theirs, at: time)
        }
    }

    /// Botocore sends further fields and signs them, so ours is signed with the same ones.
    private static func compare(_ one: Case, _ theirs: JSONValue, at time: Timestamp) throws {
        var fields: [String: String] = [:]
        guard case .array(let pairs)? = theirs["headers"] else { return }
        for pair in pairs { fields[(pair[0]?.string ?? "").lowercased()] = pair[1]?.string }
        let authorization = try #require(fields["authorization"])
        let signed =
            authorization.split(separator: "SignedHeaders=").last?.prefix { $0 != "," }.split(separator: ";") ?? []
        var request = try one.request
        let own: Set<String> = ["host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"]
        let present = Set(request.headers.map { $0.name.lowercased() }).union(own)
        for name in signed where !present.contains(String(name)) {
            request.headers.append((String(name), fields[String(name)] ?? ""))
        }
        let what = "\(one.operation) \(one.bucket) \(one.key) \(one.list)"
        #expect(Set(signed.map(String.init)).isSuperset(of: request.headers.map { $0.name.lowercased() }), "\(what)")
        let headers = SignatureV4(one.credentials, region: one.region).headers(of: request, at: time)
        #expect(headers.last?.value == authorization, "\(what)")
        for field in headers { #expect(fields[field.name.lowercased()] == field.value, "\(what) \(field.name)") }
        // Scheme, host and path as they are; the query in any order.
        let url = try #require(theirs["url"]?.string)
        let address = one.endpoint == nil ? "https://\(request.host)" : "http://\(request.host)"
        #expect(Self.sorted(url) == Self.sorted(address + request.target), "\(what)")
    }

    private static func sorted(_ url: String) -> [String] {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return [parts[0]] + (parts.count > 1 ? parts[1].split(separator: "&").map(String.init).sorted() : [])
    }
}
