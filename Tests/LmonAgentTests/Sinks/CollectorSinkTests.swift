import LambdaWire
import LmonHTTP
import LmonRecord
import LmonTestSupport
import Synchronization
import Testing

@testable import LmonAgent

/// The sink of a collector against a server on this machine that says what a test wants.
@Suite struct CollectorSinkTests {
    private struct Seen: Sendable {
        let body: [UInt8]
        let at: ContinuousClock.Instant
    }

    private static let records = Record.numbered((1...3).map { .log("r", "line \($0)") })

    /// Ships the records until they are taken; what the server saw, and what was told of the deliveries.
    private func ship(
        answers: [(status: Int, headers: HTTPHeaders)]
    ) async throws -> (seen: [Seen], notes: [DeliveryNote], left: Int) {
        let loop = Loop()
        let seen = Collector<Seen>()
        let left = Mutex(answers)
        let listener = try HTTPServer.openLoopback(on: loop) { request, responder in
            seen.add(Seen(body: request.body, at: .now))
            let answer = left.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            responder.respond(status: answer?.status ?? 200, headers: answer?.headers ?? [:])
        }
        let endpoint = try #require(Endpoint("http://127.0.0.1:\(listener.port)"))
        let notes = Collector<DeliveryNote>()
        let spool = await loop.perform {
            let delivery = HTTPDelivery(
                "spool",
                by: HTTPPost(endpoint, target: "/v1/records", token: nil, client: HTTPClient(loop: loop)),
                promptness: EpochTime.Span(milliseconds: 20),
                isPatient: false,
                loop: loop
            ) { notes.add($0) }
            let sink = SpoolSink(.lines, limit: 1 << 20, delivery: delivery)
            sink.accept(Self.records)
            sink.ship(isLast: false) {}
            return sink
        }
        _ = await notes.wait(for: answers.count + 1)
        while await loop.perform({ spool.pending > 0 }) { await Task.yield() }
        await listener.close()
        let pending = await loop.perform { spool.pending }
        await loop.shutdown()
        return (seen.elements, notes.elements, pending)
    }

    /// A collector that has no room asks for a pause; the same batch comes again after it, and nothing is lost.
    @Test func aCollectorThatAsksForAPauseGetsIt() async throws {
        let (seen, notes, left) = try await self.ship(answers: [(429, ["Retry-After": "1"])])
        #expect(seen.count == 2)
        #expect(seen[0].body == seen[1].body)
        #expect(seen[0].at.duration(to: seen[1].at) >= .milliseconds(950))
        #expect(notes.map(\.outcome) == ["failed", "taken"])
        #expect(notes.map(\.status) == [429, 200])
        #expect(left == 0)
    }

    /// Its disk is full, or read-only: it says so with these.
    @Test(arguments: [503, 507])
    func aCollectorWhoseDiskFailsIsTriedAgain(status: Int) async throws {
        let (seen, notes, left) = try await self.ship(answers: [(status, [:]), (status, [:])])
        #expect(Set(seen.map(\.body)).count == 1)
        #expect(notes.map(\.outcome) == ["failed", "failed", "taken"])
        #expect(left == 0)
    }
}
