import LmonS3
import LmonTestSupport
import Testing

@Suite struct AddressTests {
    @Test(arguments: [
        ("s3://bucket", "bucket", ""), ("s3://bucket/", "bucket", ""), ("s3://my.bucket-1/a", "my.bucket-1", "a/"),
        ("s3://bucket//a//b/", "bucket", "a/b/"), ("s3://Old_Bucket/é x", "Old_Bucket", "é x/"),
    ])
    func locations(text: String, bucket: String, prefix: String) throws {
        let location = try S3Location(text)
        #expect(location.bucket == bucket)
        #expect(location.prefix == prefix)
        #expect(try S3Location(location.description) == location)
    }

    @Test(arguments: [
        "s3://", "s3:///a", "s3:bucket", "https://bucket", "s3://a", "s3://bu cket/x", "s3://-bucket",
        "s3://bucket/../x",
        "s3://user@bucket/x", "s3://bucket:80/x", "s3://bucket/a\nb", "s3://bücket", "s3://bucket?x",
        "s3://bucket/" + String(repeating: "x", count: 513),
    ])
    func noLocations(text: String) {
        #expect(throws: S3Location.Malformed.self) { try S3Location(text) }
    }

    private static func address(
        _ location: String,
        _ region: String = "eu-west-1",
        _ endpoint: String? = nil,
        _ style: S3Address.Style? = nil
    ) throws -> S3Address {
        let endpoint = try endpoint.map { try #require(S3Endpoint($0)) }
        return S3Address(try S3Location(location), region: region, endpoint: endpoint, style: style)
    }

    /// AWS's own by the bucket's name, where a certificate for that is to be had; a server of one's own by the path.
    @Test func styles() throws {
        let own = try Self.address("s3://bucket/p").get(key: "p/k")
        #expect(own.host == "bucket.s3.eu-west-1.amazonaws.com")
        #expect(own.path == "/p/k")
        let dotted = try Self.address("s3://my.bucket").get(key: "k")
        #expect(dotted.host == "s3.eu-west-1.amazonaws.com")
        #expect(dotted.path == "/my.bucket/k")
        let china = try Self.address("s3://bucket", "cn-north-1")
        #expect(china.host == "bucket.s3.cn-north-1.amazonaws.com.cn")
        let other = try Self.address("s3://bucket", "us-east-1", "http://127.0.0.1:5000/base/").list(prefix: "a b")
        #expect(other.host == "127.0.0.1:5000")
        #expect(other.target == "/base/bucket?encoding-type=url&list-type=2&prefix=a%20b")
        let named = try Self.address("s3://bucket", "us-east-1", "https://minio.test:9000", .virtualHost)
        #expect(named.get(key: "a+b").host == "bucket.minio.test:9000")
        #expect(named.get(key: "a+b").path == "/a%2Bb")
        #expect(named.list(prefix: "").target == "/?encoding-type=url&list-type=2&prefix=")
    }

    @Test func theHostFollowsTheRegion() throws {
        var address = try Self.address("s3://bucket", "us-east-1")
        address.region = "ap-south-1"
        #expect(address.host == "bucket.s3.ap-south-1.amazonaws.com")
    }

    @Test(arguments: [
        ("http://localhost:4566", "localhost", 4566, ""), ("https://s3.test", "s3.test", 443, ""),
        ("http://[::1]:9000/x/y/", "::1", 9000, "/x/y"), ("http://10.0.0.1", "10.0.0.1", 80, ""),
    ])
    func endpoints(text: String, host: String, port: Int, path: String) throws {
        let endpoint = try #require(S3Endpoint(text))
        #expect(endpoint.host == host && endpoint.port == port && endpoint.path == path)
    }

    @Test(arguments: [
        "", "localhost:4566", "ftp://x", "http://", "http://user@host", "http://host:0", "http://host:99999",
        "http://a b",
        "http://host?x=1", "http://host/#x", "https://:443", "http://höst",
    ])
    func noEndpoints(text: String) {
        #expect(S3Endpoint(text) == nil)
    }

    @Test func encodingIsUndone() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<500 {
            let text = String((0..<random.int(0..<30)).map { _ in random.pick(Array("aZ0-._~/ %+&=é€🐑\u{0}\n")) })
            #expect(PercentEncoding.decode(PercentEncoding.encode(text)) == text)
        }
        for text in ["%", "%4", "%zz", "a%", "%FF", "%-1"] { #expect(PercentEncoding.decode(text) == nil) }
        #expect(PercentEncoding.decode("a+b", plusIsSpace: true) == "a b")
        #expect(PercentEncoding.decode("a+b") == "a+b")
    }
}
