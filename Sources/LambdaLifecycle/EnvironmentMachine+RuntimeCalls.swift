package import LambdaWire

extension EnvironmentMachine {
    /// The runtime's state as AWS names it in messages.
    package var runtimeState: RuntimeState {
        switch self.state {
        case .initializing(let initialization) where initialization.isRuntimeReady: .ready
        case .initializing(let initialization): initialization.reported == nil ? .started : .initError
        case .idle: .ready
        case .invoking(let running) where running.runtimeDoneAt != nil: .ready
        case .invoking(let running): running.response == nil ? .running : .responseSent
        case .down, .stopping, .ended: .started
        }
    }

    mutating func nextRequested(at now: EpochTime) {
        switch self.state {
        case .initializing(let initialization):
            guard initialization.reported == nil else {
                return self.actions.append(.refuse(.invalidStateTransition(from: .initError, to: .ready)))
            }
            guard !initialization.isRuntimeReady else { return self.actions.append(.hold) }
            self.runtimeReady(initialization, at: now)
        // A second poll is no error: it waits as well.
        case .idle: self.actions.append(.hold)
        case .invoking(let running):
            guard let response = running.response else {
                // The runtime asks again without having answered: it gets the same event.
                let deadline = running.startedAt.adding(self.configuration.timeout)
                return self.actions += [.hold, .deliver(running.invocation, deadline: deadline)]
            }
            guard running.runtimeDoneAt == nil else { return self.actions.append(.hold) }
            self.runtimeDone(running, response, at: now)
        case .down, .stopping, .ended: self.actions.append(.refuse(.internalServerError))
        }
    }

    mutating func responsePosted(
        _ requestID: String,
        _ invocationID: String?,
        _ response: EnvironmentEvent.Response,
        at now: EpochTime
    ) {
        guard let running = self.admit(requestID, invocationID, to: .invocationResponse) else { return }
        let start = response.startedAt
        func fail(_ error: FunctionError, _ refusal: RuntimeAPIError) {
            self.respond(running, .functionError(error), .refuse(refusal), startedAt: start, bytes: 0, at: now)
        }
        guard response.mode == nil || response.mode?.lowercased() == "streaming" else {
            return fail(.invalidResponseMode(requestID: requestID), .invalidResponseMode)
        }
        switch response.content {
        case .tooLarge: fail(.responseTooLarge, .responseTooLarge)
        case .truncated: fail(.truncatedResponse(requestID: requestID), .truncated)
        case .complete(let body):
            let outcome =
                response.trailingError.map { Outcome.functionError(body: $0, contentType: "application/json") }
                ?? .success(body: body, contentType: response.contentType)
            self.respond(running, outcome, .accept, startedAt: start, bytes: body.count, at: now)
        }
    }

    /// A handler's error ends the invocation as a response does; the environment stays as it is.
    mutating func errorPosted(
        _ requestID: String,
        _ invocationID: String?,
        _ payload: (body: [UInt8], contentType: String),
        at now: EpochTime
    ) {
        guard let running = self.admit(requestID, invocationID, to: .invocationErrorResponse) else { return }
        let outcome = Outcome.functionError(body: payload.body, contentType: payload.contentType)
        self.respond(running, outcome, .accept, startedAt: now, bytes: 0, at: now)
    }

    /// The invocation that this response is for; refuses it if there is none. The request id is looked at before the
    /// state, then the attempt.
    private mutating func admit(_ requestID: String, _ invocationID: String?, to target: RuntimeState) -> Running? {
        switch self.state {
        case .invoking(let running) where running.invocation.requestID == requestID:
            if let invocationID, invocationID != running.invocation.invocationID {
                self.actions.append(.refuse(.staleInvocation))
                return nil
            }
            guard running.runtimeDoneAt == nil else {
                self.actions.append(.refuse(.invalidRequestID))
                return nil
            }
            guard running.response == nil else {
                self.actions.append(.refuse(.invalidStateTransition(from: .responseSent, to: target)))
                return nil
            }
            return running
        case .invoking, .initializing, .idle, .down, .stopping, .ended:
            self.actions.append(.refuse(.invalidRequestID))
            return nil
        }
    }
}
