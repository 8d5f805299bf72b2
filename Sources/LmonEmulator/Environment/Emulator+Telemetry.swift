import LambdaLifecycle
import LambdaWire
import LmonHTTP

extension Emulator {
    func subscribe(
        _ request: HTTPRequest,
        _ responder: Responder,
        _ environment: ExecutionEnvironment
    ) throws(ExtensionsAPIError) {
        let identifier = try Self.identifier(of: request)
        guard environment.machine.extensions[identifier: identifier] != nil else {
            throw .unknownToNext(identifier)
        }
        let body = #"{"errorMessage":"Telemetry API is not supported","errorType":"Telemetry.NotSupported"}"#
        responder.respond(status: 202, headers: Self.json, body: Array("\(body)\n".utf8))
    }
}
