import LambdaLifecycle
import LambdaWire
import LmonHTTP

extension Emulator {
    /// Opens the environment's Runtime API; what was to be spawned waits for it.
    func listen(for environment: ExecutionEnvironment) {
        let key = environment.key
        HTTPServer.listen(
            host: "127.0.0.1",
            port: 0,
            on: self.loop,
            limits: HTTPServer.Limits(connections: 256, secondsForRequest: 900, body: LambdaLimit.responseBytes),
            bodyMode: Self.bodyMode,
            handler: { request, responder in
                self.assumeIsolated { $0.runtimeCalled(request, responder, key) }
            },
            then: { result in
                self.assumeIsolated { $0.listens(result, key) }
            }
        )
    }

    /// A body that may be too long is read piece by piece, so that it can be told from one that is not.
    private static let bodyMode: @Sendable (HTTPRequestHead) -> HTTPBodyMode = { head in
        guard head.method == "POST" else { return .whole(limit: LambdaLimit.responseBytes) }
        guard let length = head.headers["Content-Length"].flatMap({ Int($0) }), length <= LambdaLimit.responseBytes
        else { return .stream }
        return .whole(limit: LambdaLimit.responseBytes)
    }

    private func listens(_ result: Result<HTTPServer, NetworkError>, _ key: ExecutionEnvironment.Key) {
        guard let slot = self.functions[key.function], let environment = slot.environments[key.number] else {
            if case .success(let server) = result { server.close {} }
            return
        }
        switch result {
        case .success(let server): environment.server = server
        case .failure: break
        }
        self.spawnWaitingExtensions(environment, slot, result)
        guard environment.spawnsWhenListening else { return }
        environment.spawnsWhenListening = false
        switch result {
        case .success: self.spawn(environment.machine.generation, environment, slot)
        case .failure(let error):
            self.handle(
                .spawnFailed(generation: environment.machine.generation, reason: error.description),
                environment,
                slot
            )
        }
    }

    private func spawnWaitingExtensions(
        _ environment: ExecutionEnvironment,
        _ slot: FunctionSlot,
        _ result: Result<HTTPServer, NetworkError>
    ) {
        let waiting = environment.extensions.waiting
        environment.extensions.waiting = []
        for (name, generation) in waiting {
            switch result {
            case .success: self.spawnExtension(name, generation, environment, slot)
            case .failure(let error):
                let event = EnvironmentEvent.extensionSpawnFailed(
                    generation: generation,
                    name: name,
                    errorType: "UnknownError",
                    reason: error.description
                )
                self.handle(event, environment, slot)
            }
        }
    }

    // MARK: Calls

    private func runtimeCalled(_ request: HTTPRequest, _ responder: Responder, _ key: ExecutionEnvironment.Key) {
        guard let slot = self.functions[key.function], let environment = slot.environments[key.number] else {
            return responder.respond(.internalServerError)
        }
        switch RuntimeRoute.match(method: request.method, target: request.head.target) {
        case .route(.next): self.nextCalled(responder, environment, slot)
        case .route(.response(let requestID)):
            self.responsePosted(requestID, request, responder, environment, slot)
        case .route(.error(let requestID)):
            self.readWhole(request) { body in
                let event = EnvironmentEvent.errorPosted(
                    requestID: requestID,
                    invocationID: request.headers[LambdaHeader.invocationID],
                    body: body,
                    contentType: request.headers["Content-Type"]
                )
                self.handle(event, from: responder, environment, slot)
            }
        case .route(.initError):
            self.readWhole(request) { body in
                let event = EnvironmentEvent.initErrorPosted(
                    errorType: request.headers[LambdaHeader.errorType],
                    body: body,
                    contentType: request.headers["Content-Type"]
                )
                self.handle(event, from: responder, environment, slot)
            }
        case .route(.ping): responder.respond(status: 200, body: Array("pong".utf8))
        case .wrongMethod: responder.respond(status: 405)
        case .notFound: self.notRuntimeCalled(request, responder, environment, slot)
        }
    }

    /// What was written before the call belongs before it, and the loop may not have read it yet. It is read in the next
    /// turn: in this one the loop may have found the pipe readable already, and trips if it then is not.
    private func nextCalled(_ responder: Responder, _ environment: ExecutionEnvironment, _ slot: FunctionSlot) {
        guard environment.output?.hasOutput == true else {
            return self.handle(.nextRequested, from: responder, environment, slot)
        }
        let (key, generation) = (environment.key, environment.machine.generation)
        self.loop.execute {
            self.assumeIsolated { emulator in
                guard let slot = emulator.functions[key.function], let environment = slot.environments[key.number],
                    environment.machine.generation == generation
                else { return responder.respond(.internalServerError) }
                emulator.drainOutput(environment)
                emulator.handle(.nextRequested, from: responder, environment, slot)
            }
        }
    }

    private func notRuntimeCalled(
        _ request: HTTPRequest,
        _ responder: Responder,
        _ environment: ExecutionEnvironment,
        _ slot: FunctionSlot
    ) {
        switch ExtensionRoute.match(method: request.method, target: request.head.target) {
        case .route(let route):
            guard let stream = request.stream else {
                return self.extensionCalled(route, request, responder, environment, slot)
            }
            // Longer than any body of these.
            stream.read(onChunk: { _ in }, onEnd: { _ in responder.respond(status: 413) })
        case .wrongMethod: responder.respond(status: 405)
        case .notFound:
            responder.respond(status: 404, headers: Self.plainText, body: Array("404 page not found\n".utf8))
        }
    }

    private static let plainText: HTTPHeaders = ["Content-Type": "text/plain; charset=utf-8"]

    private func handle(
        _ event: EnvironmentEvent,
        from responder: Responder,
        _ environment: ExecutionEnvironment,
        _ slot: FunctionSlot
    ) {
        environment.call = responder
        self.handle(event, environment, slot)
        environment.call = nil
    }

    // MARK: Responses

    private func responsePosted(
        _ requestID: String,
        _ request: HTTPRequest,
        _ responder: Responder,
        _ environment: ExecutionEnvironment,
        _ slot: FunctionSlot
    ) {
        let startedAt = self.now()
        let headers = request.headers
        func finish(_ content: EnvironmentEvent.Response.Content, _ trailers: HTTPHeaders) {
            let response = EnvironmentEvent.Response(
                content: content,
                contentType: headers["Content-Type"] ?? "application/json",
                mode: headers[LambdaHeader.responseMode],
                trailingError: trailers[LambdaHeader.errorBody].flatMap { Base64.decode($0.utf8) },
                startedAt: startedAt
            )
            let nonce = headers[LambdaHeader.invocationID]
            self.handle(
                .responsePosted(requestID: requestID, invocationID: nonce, response),
                from: responder,
                environment,
                slot
            )
        }
        guard let stream = request.stream else { return finish(.complete(request.body), request.trailers) }
        let body = GrowingBody(limit: LambdaLimit.responseBytes)
        stream.read(
            onChunk: { body.append($0) },
            onEnd: { end in
                switch end {
                case .complete(let trailers): finish(body.bytes.map { .complete($0) } ?? .tooLarge, trailers)
                case .truncated: finish(.truncated, [:])
                }
            }
        )
    }

    /// The body of an error; what exceeds the limit is cut off, since it is for people to read.
    private func readWhole(_ request: HTTPRequest, _ then: @escaping ([UInt8]) -> Void) {
        guard let stream = request.stream else { return then(request.body) }
        let body = GrowingBody(limit: LambdaLimit.responseBytes)
        stream.read(onChunk: { body.append($0) }, onEnd: { _ in then(body.bytes ?? []) })
    }

    // MARK: Answers

    func hold(_ environment: ExecutionEnvironment) {
        guard let responder = environment.call, let number = environment.hold() else { return }
        responder.onClose { environment.polls.removeAll { $0.number == number } }
    }

    func deliver(_ invocation: Invocation, _ deadline: EpochTime, _ environment: ExecutionEnvironment) {
        let polls = environment.polls
        environment.polls = []
        guard !polls.isEmpty else { return }
        let headers = HTTPHeaders(pairs: invocation.nextHeaders(deadline: deadline))
        for poll in polls { poll.responder.respond(status: 200, headers: headers, body: invocation.event) }
    }

    func accept(_ environment: ExecutionEnvironment) {
        environment.call?.respond(status: 202, headers: Self.json, body: RuntimeAPIError.acceptedBody)
        environment.call = nil
    }

    func refuse(_ error: RuntimeAPIError, _ environment: ExecutionEnvironment) {
        environment.call?.respond(error)
        environment.call = nil
    }

    static let json: HTTPHeaders = ["Content-Type": "application/json"]
}

extension Responder {
    func respond(_ error: RuntimeAPIError) {
        self.respond(status: error.status, headers: Emulator.json, body: error.body)
    }
}

/// A body that comes piece by piece, as long as it is not too long. Used on the loop only.
private final class GrowingBody {
    private let limit: Int
    /// Nil once there is too much.
    private(set) var bytes: [UInt8]? = []

    init(limit: Int) {
        self.limit = limit
    }

    func append(_ chunk: [UInt8]) {
        guard let count = self.bytes?.count else { return }
        if count + chunk.count > self.limit { self.bytes = nil } else { self.bytes?.append(contentsOf: chunk) }
    }
}
