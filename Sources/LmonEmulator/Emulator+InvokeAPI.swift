import LambdaLifecycle
import LambdaWire
import LmonHTTP
import LmonJSON

extension Emulator {
    /// Opens the Invoke API, on the next free port if the default one is taken.
    func listen() async throws -> HTTPServer {
        let handler: HTTPHandler = { request, responder in
            self.assumeIsolated { $0.called(request, responder) }
        }
        // Somewhat more than is allowed, so that the answer is Lambda's and not the server's.
        let limits = HTTPServer.Limits(secondsForRequest: 60, body: LambdaLimit.eventBytes + 1024 * 1024)
        var port = self.configuration.port
        while true {
            do {
                return try await HTTPServer.listen(
                    host: self.configuration.host,
                    port: port,
                    on: self.loop,
                    limits: limits,
                    handler: handler
                )
            } catch {
                guard error.code == .addressInUse, !self.configuration.isPortFixed, port != 0,
                    port < self.configuration.port + 100
                else { throw error }
                port += 1
            }
        }
    }

    private func called(_ request: HTTPRequest, _ responder: Responder) {
        if let refusal = self.refusal(of: request) { return responder.respond(refusal, requestID: nil) }
        if request.head.target == "/lmon/state", request.method == "GET" {
            return responder.respond(status: 200, headers: Self.json, body: self.stateJSON())
        }
        switch self.route(request.head) {
        case .route(.invoke(let reference)):
            let type = request.headers[LambdaHeader.invocationType] ?? "RequestResponse"
            switch type {
            case "RequestResponse": self.invoke(reference, request, responder)
            case "Event": self.enqueue(reference, request, responder)
            case "DryRun": self.tryOut(reference, request, responder)
            default:
                let error = InvokeAPIError.invalidParameter("\(LambdaHeader.invocationType): \(type)")
                responder.respond(error, requestID: self.identifiers.requestID())
            }
        case .route(.invokeAsync(let reference)): self.enqueue(reference, request, responder)
        case .wrongMethod: responder.respond(status: 405, headers: ["Allow": "POST"])
        case .notFound:
            let error = InvokeAPIError.unknownOperation
            responder.respond(error, requestID: self.identifiers.requestID())
        }
    }

    /// Callers as a rule call the same function again.
    private func route(_ head: HTTPRequestHead) -> RouteMatch<InvokeRoute> {
        if head.target != self.lastRoute.target || head.method != self.lastRoute.method {
            let match = InvokeRoute.match(method: head.method, target: head.target)
            self.lastRoute = (head.method, head.target, match)
        }
        return self.lastRoute.match
    }

    /// A page in a browser must not run functions: requests for another host (DNS rebinding) or of a foreign origin are
    /// refused.
    private func refusal(of request: HTTPRequest) -> InvokeAPIError? {
        let headers = request.headers
        let hosts = headers.values("Host")
        if hosts == self.lastHosts, !headers.contains("Origin") { return nil }
        switch self.hostCheck.refusal(of: request.head) {
        case nil:
            self.lastHosts = hosts
            return nil
        case .host(let host): return .accessDenied("This emulator does not answer for the host \(host).")
        case .origin(let origin): return .accessDenied("Requests of the origin \(origin) are refused.")
        }
    }

    // MARK: Invocation types

    private func invoke(_ reference: FunctionReference, _ request: HTTPRequest, _ responder: Responder) {
        let requestID = self.identifiers.requestID()
        switch Self.parse(reference, request, isAsynchronous: false) {
        case .failure(let error): responder.respond(error, requestID: requestID)
        case .success(let parsed):
            let traceID = parsed.traceID
            let refused = self.accept(parsed, requestID: requestID) { outcome, tail in
                responder.respond(outcome, requestID: requestID, traceID: traceID, tail: tail)
            }
            if let refused { responder.respond(refused, requestID: requestID) }
        }
    }

    private func enqueue(_ reference: FunctionReference, _ request: HTTPRequest, _ responder: Responder) {
        let requestID = self.identifiers.requestID()
        switch Self.parse(reference, request, isAsynchronous: true) {
        case .failure(let error): responder.respond(error, requestID: requestID)
        case .success(let parsed):
            if let refused = self.accept(parsed, requestID: requestID, answer: { _, _ in }) {
                return responder.respond(refused, requestID: requestID)
            }
            responder.respond(status: 202, headers: [LambdaHeader.serviceRequestID: requestID])
        }
    }

    private func tryOut(_ reference: FunctionReference, _ request: HTTPRequest, _ responder: Responder) {
        let requestID = self.identifiers.requestID()
        switch Self.parse(reference, request, isAsynchronous: false).flatMap({ self.check($0) }) {
        case .failure(let error): responder.respond(error, requestID: requestID)
        case .success: responder.respond(status: 204, headers: [LambdaHeader.serviceRequestID: requestID])
        }
    }

    private static func parse(
        _ reference: FunctionReference,
        _ request: HTTPRequest,
        isAsynchronous: Bool
    ) -> Result<InvokeRequest, InvokeAPIError> {
        var parsed = InvokeRequest(reference: reference, event: request.body)
        let headers = request.headers
        parsed.isAsynchronous = isAsynchronous
        parsed.traceID = headers[LambdaHeader.callerTraceID]
        parsed.tenantID = headers[LambdaHeader.callerTenantID]
        if !isAsynchronous, let type = headers[LambdaHeader.logType] {
            guard type == "Tail" || type == "None" else {
                return .failure(.invalidParameter("\(LambdaHeader.logType): \(type)"))
            }
            parsed.wantsLogTail = type == "Tail"
        }
        if let context = headers[LambdaHeader.callerClientContext] {
            guard context.utf8.count <= LambdaLimit.clientContextBytes, let bytes = Base64.decode(context.utf8),
                ReportedError.isJSON(bytes)
            else {
                return .failure(.invalidParameter("Client context must be a valid Base64-encoded JSON object."))
            }
            // A header cannot have line breaks.
            parsed.clientContext = (try? JSONValue(parsing: bytes)).map { String(decoding: $0.bytes, as: UTF8.self) }
        }
        return .success(parsed)
    }
}

extension Responder {
    fileprivate func respond(_ error: InvokeAPIError, requestID: String?) {
        var headers: HTTPHeaders = ["Content-Type": "application/json", LambdaHeader.serviceErrorType: error.type]
        if let requestID { headers.add(LambdaHeader.serviceRequestID, requestID) }
        self.respond(status: error.status, headers: headers, body: error.body)
    }

    fileprivate func respond(_ outcome: Outcome, requestID: String, traceID: String?, tail: LogTail?) {
        var fields = [(LambdaHeader.serviceRequestID, requestID), (LambdaHeader.executedVersion, "$LATEST")]
        if let traceID { fields.append((LambdaHeader.callerTraceID, traceID)) }
        if let tail { fields.append((LambdaHeader.logResult, tail.base64)) }
        switch outcome {
        case .success(let body, let contentType):
            fields.append(("Content-Type", contentType))
            self.respond(status: 200, headers: HTTPHeaders(pairs: fields), body: body)
        case .functionError(let body, let contentType):
            fields += [("Content-Type", contentType), (LambdaHeader.functionError, "Unhandled")]
            self.respond(status: 200, headers: HTTPHeaders(pairs: fields), body: body)
        case .refused(let error): self.respond(error, requestID: requestID)
        }
    }
}
