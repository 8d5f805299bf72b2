import Foundation
import LmonArchive
import LmonHTTP
import LmonRecord
import LmonS3
import LmonSpool
import LmonTestSupport
import Synchronization
import Testing

@testable import LmonRemote

/// A viewer on its loop, against a small server on this machine that answers as a test says.
@Suite struct BucketTailTests {
    private enum Answer: Sendable {
        case rightly
        case status(Int, String)
        case cut
        /// Never.
        case none
    }

    /// A bucket with one object of three records.
    private final class Server: Sendable {
        let seen = Collector<HTTPRequestHead>()
        private let parked = Mutex<[Responder]>([])
        private let answer: @Sendable (HTTPRequestHead, Int) -> Answer
        private let records: [Record]
        private let key: String

        /// `answer` is asked with a request and how many came before it.
        init(_ answer: @escaping @Sendable (HTTPRequestHead, Int) -> Answer) {
            self.answer = answer
            self.records = Playbook.records(1...3, "E", "orders", at: Playbook.start)
            let name = BatchName(of: self.records, formed: Playbook.start)
            self.key = name.map { BatchKey.key($0, prefix: "p/") } ?? ""
        }

        static func isList(_ head: HTTPRequestHead) -> Bool { head.path == "/spool" }

        func handle(_ request: HTTPRequest, _ responder: Responder) {
            let number = self.seen.elements.count
            let answer = self.answer(request.head, number)
            switch answer {
            case .rightly: responder.respond(status: 200, body: self.body(request.head))
            case .status(let status, let code):
                responder.respond(status: status, body: Array("<Error><Code>\(code)</Code></Error>".utf8))
            case .cut:
                responder.start(status: 200, headers: ["Content-Length": "1000"])
                responder.write(Array(self.body(request.head).prefix(10)))
                responder.abort()
            case .none: self.parked.withLock { $0.append(responder) }
            }
            self.seen.add(request.head)
        }

        private func body(_ head: HTTPRequestHead) -> [UInt8] {
            guard Self.isList(head) else {
                return (try? Gzip.compressed(self.records.flatMap { $0.line + [0x0A] })) ?? []
            }
            let isRoot = head.query?.contains("delimiter=") == true
            let content =
                isRoot
                ? "<CommonPrefixes><Prefix>p/v1/orders/</Prefix></CommonPrefixes>"
                : "<Contents><Key>\(self.key)</Key><Size>300</Size></Contents>"
            return Array("<ListBucketResult>\(content)<IsTruncated>false</IsTruncated></ListBucketResult>".utf8)
        }
    }

    /// Runs a viewer, whose time passes faster, until `body` returns; what it was told, also after it was stopped.
    private func run(
        _ server: Server,
        take: @escaping @Sendable (BucketTail.Output) -> Bool = { _ in true },
        _ body: (BucketTail, Collector<BucketTail.Output>) async -> Void
    ) async throws -> [BucketTail.Output] {
        let loop = Loop()
        let listener = try HTTPServer.openLoopback(on: loop) { server.handle($0, $1) }
        let variables = [
            "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:\(listener.port)", "AWS_ACCESS_KEY_ID": "K",
            "AWS_SECRET_ACCESS_KEY": "s", "HOME": "/nowhere",
        ]
        let own = Loop()
        let client = try S3Client(
            S3Location("s3://spool/p"),
            credentials: ViewerCredentials(variables: variables),
            loop: own,
            security: nil
        )
        let outputs = Collector<BucketTail.Output>()
        let tail = BucketTail(
            client,
            BucketReader.Settings(prefix: "p/", start: .beginning, follows: true),
            loop: own,
            clock: ViewerClock(speed: 100)
        ) { output in
            outputs.add(output)
            return take(output)
        }
        await tail.start()
        await body(tail, outputs)
        await tail.stop()
        // Its loop is not used any more.
        await own.shutdown()
        await listener.close()
        await loop.shutdown()
        return outputs.elements
    }

    private func sequences(_ outputs: [BucketTail.Output]) -> [Int] {
        outputs.flatMap { output -> [Int] in
            if case .records(let records) = output { records.map(\.sequence) } else { [] }
        }
    }

    private func isRecords(_ output: BucketTail.Output) -> Bool {
        if case .records = output { true } else { false }
    }

    @Test func aFailureIsSaidAndWhatCameAfterItIsThereOnce() async throws {
        // The first answer shows that it can work; then lists fail, and the object is cut off and refused.
        let fetches = Mutex(0)
        let server = Server { head, number in
            if Server.isList(head) { return (1...3).contains(number) ? .status(503, "SlowDown") : .rightly }
            let fetch = fetches.withLock { count in
                count += 1
                return count
            }
            return fetch == 1 ? .cut : fetch == 2 ? .status(500, "InternalError") : .rightly
        }
        let outputs = try await self.run(server) { _, outputs in
            #expect(await eventually { outputs.elements.contains { self.isRecords($0) } })
            // Lists go on.
            let count = server.seen.elements.count
            #expect(await eventually { server.seen.elements.count > count + 3 })
        }
        #expect(self.sequences(outputs) == [1, 2, 3])
        let words = outputs.compactMap { output -> String? in
            switch output {
            case .notice(.troubled(let text, _)): text
            case .notice(.recovered): "recovered"
            default: nil
            }
        }
        #expect(words.first { $0 != "recovered" }?.contains("SlowDown") == true, "\(words)")
        #expect(words.last == "recovered")
    }

    @Test func nothingIsHandedOnAfterItWasStoppedWithARequestUnderWay() async throws {
        let server = Server { head, _ in Server.isList(head) ? .rightly : .none }
        let outputs = try await self.run(server) { tail, outputs in
            #expect(await eventually { server.seen.elements.contains { !Server.isList($0) } })
            await tail.stop()
            let count = outputs.elements.count
            // Once more does no harm.
            await tail.stop()
            #expect(outputs.elements.count == count)
        }
        #expect(!outputs.contains { self.isRecords($0) })
    }

    @Test func whoSaysNoMoreIsNotAskedAgain() async throws {
        let server = Server { _, _ in .rightly }
        let outputs = try await self.run(server, take: { !self.isRecords($0) }) { _, outputs in
            #expect(await eventually { outputs.elements.contains { self.isRecords($0) } })
        }
        #expect(self.isRecords(try #require(outputs.last)))
        #expect(self.sequences(outputs) == [1, 2, 3])
    }

    /// What never worked is not tried for ever.
    @Test func aFirstRefusalIsTheEnd() async throws {
        let server = Server { _, _ in .status(403, "AccessDenied") }
        let outputs = try await self.run(server) { _, outputs in
            #expect(await eventually { !outputs.elements.isEmpty })
        }
        guard case .ended(let reason)? = outputs.last else {
            Issue.record("\(outputs)")
            return
        }
        #expect(reason?.contains("AccessDenied") == true)
        #expect(server.seen.elements.count == 1)
    }
}

/// Looks again and again until something holds; false if it did not in time.
private func eventually(within seconds: Double = 20, _ condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = Date().addingTimeInterval(seconds)
    while Date() < deadline {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return try await condition()
}
