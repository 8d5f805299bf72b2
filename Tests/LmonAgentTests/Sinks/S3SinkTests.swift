import Foundation
import LambdaWire
import LmonArchive
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonS3
import LmonTestSupport
import Synchronization
import Testing

@testable import LmonAgent

/// The sink against a server on this machine that says what a test wants.
@Suite struct S3SinkTests {
    private struct Seen: Sendable {
        let method: String
        let target: String
        let headers: HTTPHeaders
        let body: [UInt8]
    }

    private struct Answer: Sendable {
        var status = 200
        var headers: HTTPHeaders = [:]
        var body = ""

        static func error(_ status: Int, _ code: String, _ more: String = "") -> Answer {
            Answer(status: status, body: "<Error><Code>\(code)</Code>\(more)</Error>")
        }
    }

    /// Answers of S3 in their order, then 200; the container's endpoint answers as it is.
    private final class Server: Sendable {
        let seen = Collector<Seen>()
        private let answers: Mutex<[Answer]>
        private let expiration: String

        init(_ answers: [Answer], expiration: String = "2099-01-01T00:00:00Z") {
            self.answers = Mutex(answers)
            self.expiration = expiration
        }

        func handle(_ request: HTTPRequest, _ responder: Responder) {
            self.seen.add(
                Seen(
                    method: request.method,
                    target: request.head.target,
                    headers: request.headers,
                    body: request.body
                )
            )
            guard request.path != "/credentials" else {
                let number = self.seen.elements.count { $0.target == "/credentials" }
                let body =
                    #"{"AccessKeyId":"KEY\#(number)","SecretAccessKey":"s","Token":"t","Expiration":"\#(self.expiration)"}"#
                return responder.respond(status: 200, body: Array(body.utf8))
            }
            let answer = self.answers.withLock { $0.isEmpty ? Answer() : $0.removeFirst() }
            responder.respond(status: answer.status, headers: answer.headers, body: Array(answer.body.utf8))
        }

        var puts: [Seen] { self.seen.elements.filter { $0.method == "PUT" } }
    }

    private static let keys = ["AWS_ACCESS_KEY_ID": "KEY0", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-west-1"]

    private static func records(
        _ numbers: ClosedRange<Int>,
        _ environment: String = "E",
        type: RecordType = .function
    ) -> [Record] {
        let observations = numbers.map { _ in
            Observation(
                environment: environment,
                function: "orders",
                time: Timestamp(milliseconds: 1_795_428_000_000),
                type: type,
                payload: Array(#""line""#.utf8)
            )
        }
        return Record.numbered(observations, from: numbers.lowerBound)
    }

    /// Ships records through a sink until the server has seen so many requests; what it saw.
    private func ship(
        _ records: [Record],
        to server: Server,
        _ variables: [String: String] = Self.keys,
        limit: Int = 1 << 20,
        requests: Int,
        then: @escaping @Sendable (SpoolSink, Int) -> Void = { _, _ in }
    ) async throws -> [Seen] {
        let loop = Loop()
        let listener = try await HTTPServer.listen(host: "127.0.0.1", port: 0, on: loop) { server.handle($0, $1) }
        let endpoint = "http://127.0.0.1:\(listener.port)"
        var variables = variables.merging(["AWS_ENDPOINT_URL_S3": endpoint]) { $1 }
        if variables["AWS_ACCESS_KEY_ID"] == nil {
            variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = endpoint + "/credentials"
            variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "t0ken"
        }
        let target = try S3Target(try S3Location("s3://spool/team"), variables)
        let sink = await loop.perform {
            let client = HTTPClient(loop: loop)
            let delivery = HTTPDelivery(
                "spool",
                by: S3Put(target, client: client),
                promptness: EpochTime.Span(milliseconds: 20),
                isPatient: false,
                loop: loop
            ) { _ in }
            let sink = SpoolSink(.object(prefix: target.address.location.prefix), limit: limit, delivery: delivery)
            sink.accept(records)
            sink.ship(isLast: false) {}
            then(sink, 0)
            return sink
        }
        _ = await server.seen.wait(for: 1)
        // Once the first answer has come, and what it makes the sink do has been done.
        while await loop.perform({ sink.pending >= records.count }) { await Task.yield() }
        await loop.perform { then(sink, 1) }
        let seen = await server.seen.wait(for: requests)
        // Whatever is put has been taken.
        var pending = await loop.perform { sink.pending }
        while pending > 0, server.seen.elements.count < requests + 5 {
            await Task.yield()
            pending = await loop.perform { sink.pending }
        }
        await listener.close()
        await loop.shutdown()
        return seen
    }

    private static func lines(_ seen: Seen) throws -> [Record] {
        var lines = RecordLines()
        return try lines.append(try Gzip.decompressed(seen.body, limit: 1 << 22)).map { try $0.get() }
    }

    @Test func anObjectOfEachEnvironment() async throws {
        let server = Server([])
        let records = Self.records(1...3) + Self.records(1...2, "F") + Self.records(4...5)
        let seen = try await self.ship(records, to: server, requests: 3)
        #expect(seen.map(\.method) == ["PUT", "PUT", "PUT"])
        #expect(try seen.map { try Self.lines($0).map(\.sequence) } == [[1, 2, 3], [1, 2], [4, 5]])
        let ends = ["-E-0000000001-0000000003", "-F-0000000001-0000000002", "-E-0000000004-0000000005"]
        for (one, end) in zip(seen, ends) {
            #expect(one.target.hasPrefix("/spool/team/v1/orders/"))
            #expect(one.target.hasSuffix("\(end).ndjson.gz"))
            #expect(one.headers["Content-Type"] == "application/gzip")
            #expect(one.headers["x-amz-content-sha256"] == DigestText.hex(SHA256.hash(one.body)))
            #expect(one.headers["x-amz-checksum-sha256"] == DigestText.base64(SHA256.hash(one.body)))
            #expect(one.headers["Authorization"]?.contains("Credential=KEY0/") == true)
        }
    }

    /// Objects are paid for: what tells of one is in the next, and what comes meanwhile waits until it is shipped, too.
    @Test func nothingIsPutBeforeItsTime() async throws {
        let server = Server([])
        let told = Self.records(4...4, type: .delivery)
        let seen = try await self.ship(Self.records(1...3), to: server, requests: 2) { sink, step in
            switch step {
            // While the first is under way.
            case 0:
                sink.accept(told)
                sink.ship(isLast: false) {}
            default:
                #expect(server.puts.count == 1)
                sink.accept(Self.records(5...6))
                sink.ship(isLast: false) {}
            }
        }
        #expect(try seen.map { try Self.lines($0).map(\.sequence) } == [[1, 2, 3], [4, 5, 6]])
    }

    /// As between invocations of which a sample keeps nothing.
    @Test(arguments: [RecordType.freeze, .thaw])
    func nothingIsPutForAFreezeAlone(type: RecordType) async throws {
        let server = Server([])
        let seen = try await self.ship(Self.records(1...3), to: server, requests: 2) { sink, step in
            guard step == 1 else { return }
            sink.accept(Self.records(4...4, type: type))
            sink.ship(isLast: false) {}
            sink.accept(Self.records(5...5))
            sink.ship(isLast: false) {}
        }
        #expect(try seen.map { try Self.lines($0).map(\.sequence) } == [[1, 2, 3], [4, 5]])
    }

    @Test func theLastTimeTakesAll() async throws {
        let server = Server([])
        let seen = try await self.ship(Self.records(1...3), to: server, requests: 2) { sink, step in
            guard step == 1 else { return }
            sink.accept(Self.records(4...4, type: .delivery))
            sink.ship(isLast: true) {}
        }
        #expect(try seen.map { try Self.lines($0).map(\.sequence) } == [[1, 2, 3], [4]])
    }

    /// Time and bounds are fixed at the first attempt.
    @Test func aRetryIsTheSameObject() async throws {
        let server = Server([.error(503, "SlowDown"), .error(500, "InternalError")])
        let seen = try await self.ship(Self.records(1...3), to: server, requests: 3)
        #expect(Set(seen.map(\.target)).count == 1)
        #expect(Set(seen.map(\.body)).count == 1)
    }

    @Test(arguments: [
        (301, "PermanentRedirect", "<Region>ap-south-1</Region>"),
        (400, "AuthorizationHeaderMalformed", "<Region>ap-south-1</Region>"),
    ])
    func aBucketElsewhereIsFollowed(status: Int, code: String, more: String) async throws {
        let server = Server([.error(status, code, more)])
        let seen = try await self.ship(Self.records(1...3), to: server, requests: 2)
        #expect(seen[0].headers["Authorization"]?.contains("/eu-west-1/s3/") == true)
        #expect(seen[1].headers["Authorization"]?.contains("/ap-south-1/s3/") == true)
        #expect(seen[0].target == seen[1].target)
    }

    @Test func aClockThatIsOffIsSet() async throws {
        let server = Server([.error(403, "RequestTimeTooSkewed", "<ServerTime>2020-02-29T12:00:00Z</ServerTime>")])
        let seen = try await self.ship(Self.records(1...3), to: server, requests: 2)
        #expect(seen[1].headers["x-amz-date"]?.hasPrefix("20200229T12000") == true)
    }

    // MARK: Credentials

    @Test func aContainersCredentialsAreFetchedOnce() async throws {
        let server = Server([])
        let records = Self.records(1...1) + Self.records(1...1, "F")
        let seen = try await self.ship(records, to: server, ["AWS_REGION": "eu-west-1"], requests: 3)
        #expect(seen.map(\.target).filter { $0 == "/credentials" }.count == 1)
        #expect(seen[0].headers["Authorization"] == "t0ken")
        for put in server.puts {
            #expect(put.headers["Authorization"]?.contains("Credential=KEY1/") == true)
            #expect(put.headers["x-amz-security-token"] == "t")
        }
    }

    /// As after a thaw: they have ended meanwhile, by the wall clock.
    @Test func onesThatEndSoonAreFetchedAgain() async throws {
        let server = Server([], expiration: "2020-01-01T00:00:00Z")
        let records = Self.records(1...1) + Self.records(1...1, "F")
        let seen = try await self.ship(records, to: server, ["AWS_REGION": "eu-west-1"], requests: 4)
        #expect(seen.map(\.target).filter { $0 == "/credentials" }.count == 2)
        #expect(server.puts[1].headers["Authorization"]?.contains("Credential=KEY2/") == true)
    }

    /// A token that its writer has renewed while the environment stood still is read anew.
    @Test func afterAThawTheTokensFileIsReadAgain() async throws {
        let folder = try TemporaryFolder()
        try folder.write("one\n".utf8, to: "token")
        let path = folder.path("token")
        let server = Server([], expiration: "2020-01-01T00:00:00Z")
        let variables = ["AWS_REGION": "eu-west-1", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path]
        let seen = try await self.ship(Self.records(1...2), to: server, variables, requests: 4) { sink, step in
            guard step == 1 else { return }
            #expect(SmallFile.text(path) == "one\n")
            #expect(throws: Never.self) { try Data("two\n".utf8).write(to: URL(filePath: path)) }
            sink.thawed()
            sink.accept(Self.records(3...4))
            sink.ship(isLast: false) {}
        }
        let asked = seen.filter { $0.target == "/credentials" }
        #expect(asked.map { $0.headers["Authorization"] } == ["one", "two"])
        #expect(server.puts.count == 2)
        #expect(server.puts[1].headers["Authorization"]?.contains("Credential=KEY2/") == true)
    }

    @Test func onesThatAreRefusedAreFetchedAgain() async throws {
        let server = Server([.error(400, "ExpiredToken")])
        let seen = try await self.ship(Self.records(1...2), to: server, ["AWS_REGION": "eu-west-1"], requests: 4)
        #expect(seen.map(\.method) == ["GET", "PUT", "GET", "PUT"])
        #expect(seen[1].target == seen[3].target)
    }

    @Test func whatDoesNotFitLiesUnderATombstone() async throws {
        let server = Server([])
        let seen = try await self.ship(Self.records(1...200), to: server, limit: 4096, requests: 1)
        let records = try Self.lines(seen[0])
        let tombstone = try #require(records.lazy.compactMap { Tombstone($0) }.first)
        var numbers = NumberRanges()
        for record in records { numbers.insert(record.sequence...(Tombstone(record)?.through ?? record.sequence)) }
        #expect(numbers.ranges == [1...200])
        #expect(tombstone.count > 100)
        #expect(seen[0].target.hasSuffix("-0000000001-0000000200.ndjson.gz"))
    }
}

@Suite struct S3ConfigurationTests {
    private static let keys = ["AWS_ACCESS_KEY_ID": "K", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-west-1"]

    @Test func aBucketAndItsRegion() throws {
        let variables = Self.keys.merging(["LMON_SPOOL": "s3://spool/team"]) { $1 }
        let configuration = AgentConfiguration(variables)
        #expect(configuration.problems == [])
        #expect(configuration.spool == nil)
        let target = try #require(configuration.s3)
        #expect(target.address.host == "spool.s3.eu-west-1.amazonaws.com")
        #expect(target.address.location.prefix == "team/")
    }

    @Test(arguments: [
        (["LMON_SPOOL": "s3://"], "no bucket"), (["LMON_SPOOL": "s3:spool"], "not s3://BUCKET/PREFIX"),
        (["LMON_SPOOL": "s3://spool", "AWS_ENDPOINT_URL": "http://10.0.0.1:9000"], "is not safe"),
        (["LMON_SPOOL": "s3://spool", "AWS_ENDPOINT_URL_S3": "nonsense"], "not an http or https URL"),
        (["LMON_SPOOL": "s3://spool", "AWS_ACCESS_KEY_ID": ""], "no credentials"),
    ])
    func whatCannotBeIsSaidOnce(variables: [String: String], words: String) {
        let configuration = AgentConfiguration(Self.keys.merging(variables) { $1 })
        #expect(configuration.s3 == nil)
        #expect(configuration.problems.count == 1)
        #expect(configuration.problems.first?.contains(words) == true, "\(configuration.problems)")
        #expect(configuration.problems.first?.hasSuffix("nothing is sent there") == true)
    }
}
