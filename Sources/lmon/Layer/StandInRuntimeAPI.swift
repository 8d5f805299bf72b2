import LmonHTTP
import LmonJSON
import LmonSupervisor

/// As much of Lambda as an extension needs to become ready: it registers, may subscribe to telemetry, and its first event is
/// SHUTDOWN.
enum StandInRuntimeAPI {
    enum Event: Sendable {
        case registered(ContinuousClock.Instant)
        /// It waits for `answer`, which is SHUTDOWN.
        case ready(ContinuousClock.Instant, answer: @Sendable () -> Void)
        case ended(ProcessExit)
        case late
    }

    static func open(on loop: Loop, tell: @escaping @Sendable (Event) -> Void) throws(NetworkError) -> HTTPServer {
        try HTTPServer.openLoopback(on: loop) { request, responder in
            switch (request.method, request.path) {
            case ("POST", "/2020-01-01/extension/register"):
                tell(.registered(.now))
                responder.respond(
                    status: 200,
                    headers: ["Lambda-Extension-Identifier": "6f1c2ab0-0000-4000-8000-000000000000"],
                    body: Self.registration
                )
            case ("PUT", "/2022-07-01/telemetry"): responder.respond(status: 200, body: Array("OK".utf8))
            case ("GET", "/2020-01-01/extension/event/next"):
                tell(
                    .ready(.now) {
                        loop.run {
                            responder.respond(
                                status: 200,
                                headers: ["Content-Type": "application/json"],
                                body: Self.shutdown
                            )
                        }
                    }
                )
            default: responder.respond(status: 404)
            }
        }
    }

    private static let registration = JSONWriter.object {
        $0.member("functionName", "lmon-layer")
        $0.member("functionVersion", "$LATEST")
        $0.member("handler", "index.handler")
    }

    private static let shutdown = JSONWriter.object {
        $0.member("eventType", "SHUTDOWN")
        $0.member("shutdownReason", "spindown")
        // Long enough ahead for any clock.
        $0.member("deadlineMs", 32_503_680_000_000)
    }
}
