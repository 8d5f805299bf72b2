import ArgumentParser
import Foundation

/// A Lambda runtime that returns its event: what both the emulator and the bare relay are measured with.
struct EchoRuntime: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "__runtime", shouldDisplay: false)

    func run() throws {
        guard let address = ProcessInfo.processInfo.environment["AWS_LAMBDA_RUNTIME_API"],
            let port = address.split(separator: ":").last.flatMap({ Int($0) })
        else { throw ValidationError("AWS_LAMBDA_RUNTIME_API is not set") }
        let connection = try RawConnection(port: port)
        while true {
            let event = try connection.request("GET", "/2018-06-01/runtime/invocation/next")
            let requestID = event.header("lambda-runtime-aws-request-id") ?? ""
            _ = try connection.request("POST", "/2018-06-01/runtime/invocation/\(requestID)/response", body: event.body)
        }
    }
}
