package import LambdaWire
import LmonS3

/// What the agent is told by its environment variables. A value that cannot be meant is a problem, said once, and the
/// default stands: the function starts whatever is written.
package struct AgentConfiguration: Hashable, Sendable {
    /// `LMON=off`: the agent registers, for Lambda waits for it, and does nothing else.
    package var isOff = false
    package var capture = CaptureLevel.headers
    package var redact: [String] = []
    /// The share of invocations that is kept, besides the failed and the slowest ones.
    package var sample = 1.0
    package var flush = FlushPolicy.adaptive
    package var budget = EpochTime.Span(milliseconds: 20)
    /// The collector that records go to.
    package var spool: Endpoint?
    /// The bucket that they go to.
    package var s3: S3Target?
    package var token: String?
    package var webhook: Endpoint?
    package var tee: TeeSetting?
    package var memoryBytes = 4 << 20
    package var spills = true
    package var log = AgentLog.Level.error
    package var printsRecords = false
    package var address = IngestAddress()
    package var function = FunctionFacts()
    /// `AWS_LAMBDA_RUNTIME_API`; nil outside Lambda.
    package var runtimeAPI: Endpoint?
    /// The extension's name: that of its file in `/opt/extensions`.
    package var name = "lmon-agent"
    package private(set) var problems: [String] = []
    /// Where AWS's tools are told of S3.
    private let variables: [String: String]

    /// What Lambda says of the function by variables.
    package struct FunctionFacts: Hashable, Sendable {
        package var name = "function"
        package var version = "$LATEST"
        package var memoryMB: Int?
        package var region: String?
        package var initializationType: String?
        package var runtime: String?
    }

    package struct IngestAddress: Hashable, Sendable {
        package var host = "sandbox"
        package var port = 4243
    }

    package enum TeeSetting: Hashable, Sendable {
        case listen(port: Int)
        case connect(host: String, port: Int)
    }

    package init(_ variables: [String: String]) {
        self.variables = variables.filter { $0.key.hasPrefix("AWS_") }
        self.function.name = variables["AWS_LAMBDA_FUNCTION_NAME"] ?? "function"
        self.function.version = variables["AWS_LAMBDA_FUNCTION_VERSION"] ?? "$LATEST"
        self.function.memoryMB = variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"].flatMap { Int($0) }
        self.function.region = variables["AWS_REGION"] ?? variables["AWS_DEFAULT_REGION"]
        self.function.initializationType = variables["AWS_LAMBDA_INITIALIZATION_TYPE"]
        self.function.runtime = variables["AWS_EXECUTION_ENV"].map {
            $0.hasPrefix("AWS_Lambda_") ? String($0.dropFirst("AWS_Lambda_".count)) : $0
        }
        self.runtimeAPI = variables["AWS_LAMBDA_RUNTIME_API"].flatMap { Endpoint("http://\($0)") }
        if let name = variables["LAMBDA_EXTENSION_NAME"], !name.isEmpty { self.name = name }
        for variable in AgentVariable.all {
            guard let text = variables[variable.name]?.trimmed, !text.isEmpty else { continue }
            if let problem = variable.read(text, &self) {
                self.problems.append("\(variable.name)=\(variable.shown(text)): \(problem)")
            }
        }
    }
}

extension AgentConfiguration {
    /// Takes where records go, `s3://bucket/prefix` or a collector's URL, or says why nothing can go there.
    package mutating func take(spool text: String) -> String? {
        guard text.hasPrefix("s3:") else {
            guard let endpoint = Endpoint(text) else {
                return "not s3://BUCKET/PREFIX or an http or https URL without a user"
            }
            self.spool = endpoint
            return nil
        }
        do {
            self.s3 = try S3Target(try S3Location(text), self.variables)
            return nil
        } catch {
            return "\(error)"
        }
    }
}

extension String {
    /// Without blanks around it.
    fileprivate var trimmed: String {
        let blank: (UInt8) -> Bool = { $0 == 0x20 || (9...13).contains($0) }
        let bytes = self.utf8.drop(while: blank)
        let end = bytes.lastIndex { !blank($0) }.map { bytes.index(after: $0) } ?? bytes.startIndex
        return String(Substring(bytes[bytes.startIndex..<end]))
    }
}
