import LmonRecord
import LmonS3
import LmonTestSupport
import Testing

@Suite struct XMLTests {
    private static func tokens(_ text: String) throws -> [XMLScanner.Token] {
        var scanner = XMLScanner(Array(text.utf8))
        var tokens: [XMLScanner.Token] = []
        while let token = try scanner.next() { tokens.append(token) }
        return tokens
    }

    @Test func elementsTextAndEntities() throws {
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- a comment with <tags> --><a x="1>2" y='"'>t &amp; &#65;&#x1F411;<b/><s3:c >x</s3:c><![CDATA[<&>]]></a>
            """
        #expect(
            try Self.tokens(text) == [
                .start("a"), .text("t & A🐑"), .start("b"), .end("b"), .start("c"), .text("x"), .end("c"), .text("<&>"),
                .end("a"),
            ]
        )
    }

    @Test(
        arguments: [
            ("", .truncated), ("<a>", .truncated), ("<a", .truncated), ("<a/", .truncated), ("<a>x", .truncated),
            ("<a></b>", .malformed), ("</a>", .malformed), ("<a/><b/>", .malformed), ("x<a/>", .malformed),
            ("<a>&x;</a>", .entity), ("<a>&#0;</a>", .entity), ("<a>&#xD800;</a>", .entity), ("<a>&amp", .truncated),
            ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", .declaration), ("<a><!-- x</a>", .truncated),
            ("<a><![CDATA[x</a>", .truncated), ("<a <b/>", .malformed), ("< a/>", .malformed), ("<a/x>", .malformed),
            (String(repeating: "<a>", count: 33), .tooDeep),
            ("<" + String(repeating: "n", count: 129) + "/>", .tooLong),
            ("<a>" + String(repeating: "t", count: 16_385) + "</a>", .tooLong),
        ] as [(String, XMLError.Code)]
    )
    func refused(text: String, code: XMLError.Code) {
        do {
            _ = try Self.tokens(text)
            Issue.record("read: \(text.prefix(40))")
        } catch {
            #expect((error as? XMLError)?.code == code, "\(text.prefix(40))")
        }
    }

    @Test func bytesThatAreNoText() {
        var scanner = XMLScanner(Array("<a>".utf8) + [0xFF, 0xC0] + Array("</a>".utf8))
        #expect(throws: XMLError.self) { while try scanner.next() != nil {} }
    }
}

@Suite struct S3ListPageTests {
    private static let page = """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix>v1%2F</Prefix>\
        <NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken><KeyCount>2</KeyCount>\
        <MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>\
        <Contents><Key>v1/a+b%2Bc%25/%E2%82%AC</Key><LastModified>2026-11-23T10:00:00.000Z</LastModified>\
        <ETag>&quot;70ee1738b6b21e2c8a43f3a5ab0eee71&quot;</ETag><Size>11</Size><Owner><ID>x</ID><Key>no</Key></Owner>\
        <StorageClass>STANDARD</StorageClass></Contents>\
        <Contents><Size>0</Size><Key>v1/b</Key><ChecksumAlgorithm>SHA256</ChecksumAlgorithm></Contents>\
        <CommonPrefixes><Prefix>v1/orders/</Prefix></CommonPrefixes><Novelty><Key>x</Key></Novelty></ListBucketResult>
        """

    @Test func aPage() throws {
        let page = try S3ListPage(xml: Array(Self.page.utf8))
        #expect(
            page.objects == [
                .init(key: "v1/a b+c%/€", size: 11, modified: Timestamp("2026-11-23T10:00:00Z")),
                .init(key: "v1/b", size: 0),
            ]
        )
        #expect(page.prefixes == ["v1/orders/"])
        #expect(page.continuation == "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=")
        #expect(page.unreadable == 0)
    }

    @Test func theLastPageHasNoContinuation() throws {
        let text = Self.page.replacing("<IsTruncated>true", with: "<IsTruncated>false")
        #expect(try S3ListPage(xml: Array(text.utf8)).continuation == nil)
    }

    /// Keys as they are, where the server does not know the encoding.
    @Test func keysThatAreNotEncoded() throws {
        let text = Self.page.replacing("<EncodingType>url</EncodingType>", with: "")
        #expect(try S3ListPage(xml: Array(text.utf8)).objects.first?.key == "v1/a+b%2Bc%25/%E2%82%AC")
    }

    @Test func aKeyThatCannotBeReadIsCounted() throws {
        let text = Self.page.replacing("<Key>v1/b<", with: "<Key>v1/%ZZ<")
        let page = try S3ListPage(xml: Array(text.utf8))
        #expect(page.objects.count == 1)
        #expect(page.unreadable == 1)
    }

    @Test(arguments: [
        "<NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken>",
        "</ListBucketResult>", "</CommonPrefixes>",
    ])
    func aPageWithout(part: String) {
        #expect(throws: XMLError.self) { try S3ListPage(xml: Array(Self.page.replacing(part, with: "").utf8)) }
    }

    @Test func anotherAnswerIsNoList() {
        for text in ["<html><body>hello</body></html>", "<Error><Code>X</Code></Error>", "{}", ""] {
            #expect(throws: XMLError.self) { try S3ListPage(xml: Array(text.utf8)) }
        }
    }

    /// Cut anywhere, it is no page: nothing is taken for the end of a list that goes on.
    @Test func cutAnywhere() {
        let bytes = Array(Self.page.utf8)
        for end in 0..<bytes.count {
            #expect(throws: XMLError.self) { try S3ListPage(xml: Array(bytes[..<end])) }
        }
    }

    @Test func garbage() {
        var random = SeededGenerator(seed: 41)
        var read = 0
        for _ in 0..<20_000 {
            var bytes = Array(Self.page.utf8)
            for _ in 0..<random.int(1..<6) where !bytes.isEmpty {
                let index = random.int(0..<bytes.count)
                switch random.int(0..<4) {
                case 0: bytes[index] = UInt8(random.int(0..<256))
                case 1:
                    bytes.insert(
                        contentsOf: random.pick(["<", ">", "&", "</", "<!", "]]>", "%", "\"", "/>"]).utf8,
                        at: index
                    )
                case 2: bytes.removeSubrange(index..<min(bytes.count, index + random.int(1..<40)))
                default: bytes.insert(contentsOf: bytes[index...].prefix(random.int(1..<60)), at: index)
                }
            }
            if (try? S3ListPage(xml: bytes)) != nil { read += 1 }
            _ = S3Failure(status: 400, body: bytes).kind
        }
        // Some changes are within a text.
        #expect(read > 0)
        for count in 0..<200 {
            let noise = (0..<count).map { _ in UInt8(random.int(0..<256)) }
            #expect(throws: XMLError.self) { try S3ListPage(xml: noise) }
        }
    }
}

@Suite struct S3FailureTests {
    private static func failure(_ status: Int, _ body: String, region: String? = nil) -> S3Failure {
        S3Failure(status: status, bucketRegion: region, body: Array(body.utf8))
    }

    @Test(
        arguments: [
            (
                301, "<Error><Code>PermanentRedirect</Code><Region>eu-west-1</Region></Error>",
                .redirected(region: "eu-west-1")
            ),
            (
                400, "<Error><Code>AuthorizationHeaderMalformed</Code><Region>ap-south-1</Region></Error>",
                .redirected(region: "ap-south-1")
            ), (400, "<Error><Code>ExpiredToken</Code></Error>", .expired),
            (503, "<Error><Code>SlowDown</Code></Error>", .busy),
            (403, "<Error><Code>RequestTimeTooSkewed</Code></Error>", .skewed),
            (502, "<html>bad gateway</html>", .busy),
            (403, "<Error><Code>AccessDenied</Code></Error>", .denied), (403, "", .denied), (500, "", .busy),
            (429, "", .busy),
            (404, "<Error><Code>NoSuchBucket</Code></Error>", .noBucket),
            (404, "<Error><Code>NoSuchKey</Code></Error>", .noObject),
            (400, "<Error><Code>InvalidArgument</Code></Error>", .other), (301, "", .other),
            // It would become part of a host's name.
            (301, "<Error><Region>evil.example.com/</Region></Error>", .other),
        ] as [(Int, String, S3Failure.Kind)]
    )
    func kinds(status: Int, body: String, kind: S3Failure.Kind) {
        #expect(Self.failure(status, body).kind == kind)
    }

    @Test func whatItSays() {
        let body = """
            <?xml version="1.0"?><Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message>\
            <ServerTime>2026-11-23T10:00:00Z</ServerTime><RequestId>4442587FB7D0A2F9</RequestId></Error>
            """
        let failure = Self.failure(403, body)
        #expect(failure.description == "S3 answered 403 RequestTimeTooSkewed: The difference is too large.")
        #expect(failure.serverTime?.description == "2026-11-23T10:00:00.000Z")
        #expect(Self.failure(301, "", region: "eu-north-1").kind == .redirected(region: "eu-north-1"))
        #expect(Self.failure(418, "").description == "S3 answered 418")
    }
}
