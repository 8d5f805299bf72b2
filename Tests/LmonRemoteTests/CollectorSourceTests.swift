import Foundation
import LmonHTTP
import LmonRecord
import LmonSpool
import LmonTestSupport
import Synchronization
import Testing

@testable import LmonRemote

/// A viewer against a collector that fails as it is told, over real sockets.
@Suite(.exclusive) struct CollectorSourceTests {
    private static let records = Record.numbered((1...40).map { .log("r\($0)", "line \($0)") })

    /// What one request is answered.
    private enum Step: Sendable {
        case status(Int, String)
        /// Pieces of ten records behind the place that is asked for, cut after so many bytes; nil: whole, with its end.
        case stream(cut: Int?, state: StreamMark.State = .end)
    }

    private static func body(after cursor: Int64, _ state: StreamMark.State) -> [UInt8] {
        var bytes: [UInt8] = []
        func mark(_ number: Int, _ state: StreamMark.State = .follows) -> [UInt8] {
            StreamMark(cursor: SpoolCursor(store: "s", number: Int64(number)), newest: 40, state: state).line
        }
        for start in stride(from: Int(cursor), to: 40, by: 10) {
            let end = min(start + 10, 40)
            bytes += self.records[start..<end].flatMap { $0.line + [0x0A] } + mark(end)
        }
        return bytes + mark(40, state)
    }

    /// Runs a viewer against the steps, the last one for ever, until it ends.
    private func run(
        _ steps: [Step],
        variables: [String: String] = [:],
        wish: CollectorSource.Wish = CollectorSource.Wish(follows: false)
    ) async throws -> (outputs: [CollectorSource.Output], heads: [HTTPRequestHead]) {
        let loop = Loop()
        let heads = Collector<HTTPRequestHead>()
        let left = Mutex(steps)
        let server = try HTTPServer.openLoopback(on: loop) { request, responder in
            heads.add(request.head)
            let step = left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
            switch step {
            case .status(let status, let message):
                responder.respond(status: status, body: Array(#"{"error":"\#(message)"}"#.utf8))
            case .stream(let cut, let state):
                let query = request.head.query ?? ""
                let after = query.firstRange(of: "after=s-").map { query[$0.upperBound...].prefix { $0 != "&" } }
                let body = Self.body(after: after.flatMap { Int64($0) } ?? 0, state)
                responder.start(status: 200)
                responder.write(Array(body.prefix(cut ?? body.count)))
                if cut == nil { responder.end() } else { responder.abort() }
            }
        }
        let url = "http://127.0.0.1:\(server.port)/base/"
        let source = try CollectorSource(url, variables: variables, wish: wish)
        let outputs = Collector<CollectorSource.Output>()
        await withCheckedContinuation { continuation in
            source.start { output in
                outputs.add(output)
                if case .ended = output { continuation.resume() }
                return true
            }
        }
        await server.close()
        await loop.shutdown()
        return (outputs.elements, heads.elements)
    }

    private func sequences(_ outputs: [CollectorSource.Output]) -> [Int] {
        outputs.flatMap { output -> [Int] in
            if case .records(let records) = output { records.map(\.sequence) } else { [] }
        }
    }

    private func lost(_ outputs: [CollectorSource.Output]) -> [String] {
        outputs.compactMap { if case .lost(let reason, _) = $0 { reason } else { nil } }
    }

    private func ended(_ outputs: [CollectorSource.Output]) -> String?? {
        guard case .ended(let reason)? = outputs.last else { return nil }
        return .some(reason)
    }

    @Test(arguments: [0, 1, 500, 1500, 3000, 4500])
    func aCutStreamGoesOnBehindItsLastMark(cut: Int) async throws {
        // The first one tells that it is a collector.
        let (outputs, heads) = try await self.run([
            .stream(cut: 2800), .stream(cut: cut), .status(503, "later"), .stream(cut: nil),
        ])
        #expect(self.sequences(outputs) == Array(1...40))
        #expect(self.ended(outputs) == .some(nil))
        #expect(self.lost(outputs).count == 3, "\(self.lost(outputs))")
        #expect(heads.map(\.path).allSatisfy { $0 == "/base/v1/records" })
        #expect(heads.last?.target.contains("after=s-") == true)
    }

    /// What is missing is told, and, though nothing else comes, that it has come.
    @Test func howThingsAreIsToldAlsoIfNothingFollows() async throws {
        let loop = Loop()
        let server = try HTTPServer.openLoopback(on: loop) { _, responder in
            responder.start(status: 200)
            for (records, number) in [([0, 2], 2), ([1], 3)] as [([Int], Int64)] {
                let mark = StreamMark(cursor: SpoolCursor(store: "s", number: number), newest: 3)
                responder.write(records.flatMap { Self.records[$0].line + [0x0A] } + mark.line)
            }
        }
        let source = try CollectorSource(
            "http://127.0.0.1:\(server.port)",
            variables: [:],
            wish: CollectorSource.Wish(follows: true)
        )
        let missing = Collector<Int>()
        await withCheckedContinuation { continuation in
            source.start { output in
                guard case .status(let status) = output else { return true }
                missing.add(status.missing.reduce(0) { $0 + $1.count })
                guard missing.elements.count == 2 else { return true }
                continuation.resume()
                return false
            }
        }
        #expect(missing.elements == [1, 0])
        await server.close()
        await loop.shutdown()
    }

    @Test func aCollectorThatStopsIsTriedAgain() async throws {
        let (outputs, _) = try await self.run([.stream(cut: nil, state: .stopping), .stream(cut: nil)])
        #expect(self.sequences(outputs) == Array(1...40))
        #expect(self.lost(outputs).first?.contains("is being stopped") == true)
    }

    @Test(arguments: [
        (Step.status(401, ""), "a viewer's token is needed: LMON_TOKEN"), (.status(403, "agents only"), "agents only"),
        (.status(404, ""), "no collector answers there"), (.status(400, "filter: column 3"), "filter: column 3"),
    ])
    private func whatNoFurtherAttemptChangesIsTheEnd(step: Step, words: String) async throws {
        let (outputs, heads) = try await self.run([step])
        #expect(heads.count == 1)
        #expect((self.ended(outputs) ?? nil)?.contains(words) == true, "\(outputs)")
    }

    @Test func itAsksForWhatIsWantedWithItsToken() async throws {
        let wish = CollectorSource.Wish(
            follows: true,
            start: .lookback(3_600_000),
            function: "My Orders",
            filter: "function=a or function=\"b c\""
        )
        let (_, heads) = try await self.run([.stream(cut: nil)], variables: ["LMON_TOKEN": "secret"], wish: wish)
        let head = try #require(heads.first)
        #expect(head.headers["Authorization"] == "Bearer secret")
        #expect(head.target.contains("follow=true&since=20"))
        #expect(head.target.contains("&function=My%20Orders&"))
        #expect(head.target.hasSuffix("&filter=function%3Da%20or%20function%3D%22b%20c%22"))
    }

    @Test(arguments: ["http://", "https://user@host", "https://host:0", "https://host/?x=1", "https://host:99999"])
    func anAddressThatIsNoneIsSaidToBe(text: String) {
        #expect(throws: CollectorSource.Unusable.self) {
            try CollectorSource(text, variables: [:], wish: CollectorSource.Wish(follows: true))
        }
    }
}
