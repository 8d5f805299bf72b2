import LambdaLifecycle
import LambdaWire
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonTestSupport
import Synchronization

@testable import LmonEmulator

/// A hub and the server of an extension that subscribes, on one loop, ended with the test.
struct TelemetryRig {
    struct Post: Sendable {
        let target: String
        let contentType: String?
        let elements: [JSONValue]

        /// The records as text, one for each element.
        var records: [String] {
            self.elements.map { element in
                element["record"]?.string ?? String(decoding: element["record"]?.bytes ?? [], as: UTF8.self)
            }
        }

        var types: [String?] { self.elements.map { $0["type"]?.string } }
    }

    struct Lost: Hashable, Sendable {
        let name: String
        let dropped: PlatformEvent.LogsDropped
    }

    let loop: Loop
    let hub: TelemetryHub
    let server: ExtensionServer
    let lost: Collector<Lost>

    static func run(
        limit: Int = 8 << 20,
        answers: [ExtensionServer.Answer] = [],
        _ body: (TelemetryRig) async throws -> Void
    ) async throws {
        let loop = Loop()
        let lost = Collector<Lost>()
        let hub = TelemetryHub(loop: loop, limit: limit) { lost.add(Lost(name: $0, dropped: $1)) }
        let server = try ExtensionServer(on: loop, answers: answers)
        let rig = TelemetryRig(loop: loop, hub: hub, server: server, lost: lost)
        let result: Result<Void, any Error>
        do { result = .success(try await body(rig)) } catch { result = .failure(error) }
        await rig.perform { $0.close() }
        server.release()
        await loop.shutdown()
        try result.get()
    }

    /// Runs `body` on the loop, in one turn.
    @discardableResult
    func perform<Value: Sendable>(_ body: @escaping @Sendable (TelemetryHub) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            self.loop.execute { continuation.resume(returning: body(self.hub)) }
        }
    }

    func subscribe(
        _ name: String = "agent",
        types: [TelemetrySubscription.Kind] = TelemetrySubscription.Kind.allCases,
        schema: TelemetrySubscription.Schema = .second,
        to destination: TelemetrySubscription.Destination? = nil,
        maxItems: Int = 1000,
        maxBytes: Int = 262_144,
        timeoutMs: Int = 30_000
    ) async {
        var buffering = TelemetrySubscription.Buffering()
        (buffering.maxItems, buffering.maxBytes, buffering.timeoutMs) = (maxItems, maxBytes, timeoutMs)
        let subscription = TelemetrySubscription(
            schema: schema,
            types: types,
            destination: destination ?? .http(port: self.server.port, target: "/telemetry"),
            buffering: buffering
        )
        await self.perform { $0.subscribe(name, subscription) }
    }

    /// Log lines, in one turn.
    func log(_ lines: String..., as type: RecordType = .function) async {
        await self.perform { hub in
            for line in lines { hub.admit(type, at: .test, JSONValue.string(line).bytes) }
        }
    }

    /// Returns once all has arrived, or the limit is over.
    func flush(limit: Duration = .seconds(30)) async {
        await withCheckedContinuation { continuation in
            self.loop.execute { self.hub.flush(limit: limit) { continuation.resume() } }
        }
    }
}

extension EpochTime {
    /// 2026-11-23T10:00:00.123456Z
    static let test = EpochTime(microseconds: 1_795_428_000_123_456)
}

/// What an extension listens with.
final class ExtensionServer: Sendable {
    enum Answer: Hashable, Sendable {
        case status(Int)
        /// None, until it is released.
        case silence
    }

    private struct State: Sendable {
        var answers: [Answer]
        var silent: [Responder] = []
    }

    let port: Int
    let posts = Collector<TelemetryRig.Post>()
    private let state: OnceShared
    private let server: HTTPServer

    /// Answers as it is told, and 200 afterwards.
    init(on loop: Loop, port: Int = 0, answers: [Answer] = []) throws {
        let state = OnceShared(State(answers: answers))
        let posts = self.posts
        self.state = state
        self.server = try HTTPServer(host: "127.0.0.1", port: port, on: loop) { request, responder in
            let answer = state.value.withLock { state in
                let answer = state.answers.isEmpty ? .status(200) : state.answers.removeFirst()
                if answer == .silence { state.silent.append(responder) }
                return answer
            }
            if case .status(let code) = answer { responder.respond(status: code) }
            posts.add(
                TelemetryRig.Post(
                    target: request.head.target,
                    contentType: request.headers["Content-Type"],
                    elements: (try? JSONValue(parsing: request.body))?.array ?? []
                )
            )
        }
        self.port = self.server.port
    }

    /// Answers what was left in silence, with 200; from the loop.
    func answerSilent() {
        for responder in self.state.value.withLock({ state in
            defer { state.silent = [] }
            return state.silent
        }) { responder.respond(status: 200) }
    }

    func release() { self.state.value.withLock { $0.silent = [] } }

    /// A lock that a closure can share.
    private final class OnceShared: Sendable {
        let value: Mutex<State>

        init(_ state: State) {
            self.value = Mutex(state)
        }
    }
}
