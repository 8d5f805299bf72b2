import LambdaLifecycle
import LambdaWire
import LmonHTTP
import LmonRecord

/// What extensions are told of an environment: the Telemetry API.
extension Emulator {
    func subscribe(
        _ request: HTTPRequest,
        _ responder: Responder,
        _ environment: ExecutionEnvironment
    ) throws(ExtensionsAPIError) {
        let identifier = try Self.identifier(of: request)
        guard let member = environment.machine.extensions[identifier: identifier] else {
            throw .unknownToNext(identifier)
        }
        do {
            guard environment.machine.summary.state.hasSuffix("init") else { throw RuntimeAPIError.subscriptionClosed }
            let subscription = try TelemetrySubscription(parsing: request.body)
            // The same extension again changes nothing.
            if environment.telemetry?.subscribe(member.name, subscription) == true {
                self.emit(
                    .telemetrySubscription(name: member.name, types: subscription.types),
                    environment,
                    at: self.now()
                )
                environment.logTail?.append(LogLine.telemetry(name: member.name, types: subscription.types).text.utf8)
            }
            responder.respond(status: 200, headers: Self.json, body: Array("\"OK\"".utf8))
        } catch let error as RuntimeAPIError {
            responder.respond(status: error.status, headers: Self.json, body: error.body)
        } catch {
            responder.respond(status: 500, headers: Self.json, body: RuntimeAPIError.internalServerError.body)
        }
    }

    /// Another init begins: what was subscribed belonged to processes that are gone.
    func openTelemetry(_ environment: ExecutionEnvironment) {
        environment.telemetry?.close()
        let key = environment.key
        environment.telemetry = TelemetryHub(loop: self.loop, address: environment.address ?? "127.0.0.1") {
            [unowned self] _, dropped in
            self.assumeIsolated { emulator in
                guard let environment = emulator.functions[key.function]?.environments[key.number] else { return }
                emulator.emit(.logsDropped(dropped), environment, at: emulator.now(), toExtensions: false)
            }
        }
    }

    func tellExtension(_ member: ExtensionTable.Member, _ environment: ExecutionEnvironment, at now: EpochTime) {
        let described = PlatformEvent.Extension(
            name: member.name,
            state: member.state.rawValue,
            events: member.events.map(\.rawValue).sorted(),
            errorType: member.errorType
        )
        self.emit(.extension(described), environment, at: now)
        environment.logTail?.append(LogLine.extension(described).text.utf8)
    }
}
