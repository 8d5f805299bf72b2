import LambdaLifecycle
import LambdaWire
import LmonHTTP
import LmonJSON

extension Emulator {
    /// The Extensions API, on the same listener as the Runtime API.
    func extensionCalled(
        _ route: ExtensionRoute,
        _ request: HTTPRequest,
        _ responder: Responder,
        _ environment: ExecutionEnvironment,
        _ slot: FunctionSlot
    ) {
        do {
            let event: EnvironmentEvent
            switch route {
            case .register: event = try self.registration(request, environment)
            case .next: event = .extensionCalled(.next(identifier: try Self.identifier(of: request)))
            case .initError:
                let identifier = try Self.identifier(of: request)
                let errorType = try Self.errorType(of: request)
                event = .extensionCalled(.initError(identifier: identifier, errorType: errorType))
            case .exitError:
                let identifier = try Self.identifier(of: request)
                let errorType = try Self.errorType(of: request)
                event = .extensionCalled(.exitError(identifier: identifier, errorType: errorType))
            case .telemetry: return try self.subscribe(request, responder, environment)
            case .logs: return responder.respond(.logsNotSupported)
            }
            environment.call = responder
            self.handle(event, environment, slot)
            environment.call = nil
        } catch {
            responder.respond(error)
        }
    }

    private func registration(
        _ request: HTTPRequest,
        _ environment: ExecutionEnvironment
    ) throws(ExtensionsAPIError) -> EnvironmentEvent {
        guard let name = request.headers["Lambda-Extension-Name"], !name.isEmpty else { throw .emptyName }
        let events = try ExtensionRegistration(parsing: request.body).events
        let features = request.headers.values("Lambda-Extension-Accept-Feature").joined(separator: ",")
        environment.extensions.wantsAccount = features.split(separator: ",")
            .contains { $0.filter { $0 != " " && $0 != "\t" } == "accountId" }
        return .extensionCalled(.register(name: name, events, identifier: self.identifiers.requestID()))
    }

    static func identifier(of request: HTTPRequest) throws(ExtensionsAPIError) -> String {
        guard let identifier = request.headers["Lambda-Extension-Identifier"], !identifier.isEmpty else {
            throw .missingIdentifier
        }
        guard Self.isUUID(identifier) else { throw .invalidIdentifier }
        return identifier.lowercased()
    }

    private static func isUUID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 36
            && bytes.enumerated().allSatisfy { index, byte in
                [8, 13, 18, 23].contains(index)
                    ? byte == UInt8(ascii: "-")
                    : (48...57).contains(byte) || (97...102).contains(byte | 0x20)
            }
    }

    private static func errorType(of request: HTTPRequest) throws(ExtensionsAPIError) -> String {
        guard let type = request.headers["Lambda-Extension-Function-Error-Type"], !type.isEmpty else {
            throw .missingErrorType
        }
        return type
    }

    // MARK: Answers

    func answerRegistration(_ identifier: String, _ environment: ExecutionEnvironment, _ slot: FunctionSlot) {
        let isAccountWanted = environment.extensions.wantsAccount
        let body = JSONWriter.object {
            if isAccountWanted { $0.member("accountId", self.configuration.account) }
            $0.member("functionName", slot.function.name)
            $0.member("functionVersion", "$LATEST")
            $0.member("handler", slot.function.handler)
        }
        environment.call?.respond(
            status: 200,
            headers: ["Content-Type": "application/json", "Lambda-Extension-Identifier": identifier],
            // With the line feed that AWS's encoder leaves behind it.
            body: body + [UInt8(ascii: "\n")]
        )
        environment.call = nil
    }

    func holdExtension(_ identifier: String, _ environment: ExecutionEnvironment) {
        guard let responder = environment.call else { return }
        environment.call = nil
        let number = environment.extensions.hold(responder, of: identifier)
        responder.onClose {
            guard environment.extensions.polls[identifier]?.number == number else { return }
            environment.extensions.polls[identifier] = nil
        }
    }

    /// An event for a call whose connection has gone is lost, as it is in Lambda.
    func deliver(_ event: ExtensionEvent, to identifier: String, _ environment: ExecutionEnvironment) {
        guard let poll = environment.extensions.polls.removeValue(forKey: identifier) else { return }
        var headers: HTTPHeaders
        switch event {
        case .invoke:
            headers = ["Content-Type": "application/json"]
            headers["Lambda-Extension-Event-Identifier"] = self.identifiers.requestID()
        // Lambda leaves the type to be guessed.
        case .shutdown: headers = ["Content-Type": "text/plain; charset=utf-8"]
        }
        poll.responder.respond(status: 200, headers: headers, body: event.body)
    }

    func refuse(_ error: ExtensionsAPIError, _ environment: ExecutionEnvironment) {
        environment.call?.respond(error)
        environment.call = nil
    }
}

extension Responder {
    func respond(_ error: ExtensionsAPIError) {
        self.respond(status: error.status, headers: Emulator.json, body: error.body)
    }
}
