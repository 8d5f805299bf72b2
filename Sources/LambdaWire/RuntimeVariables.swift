/// The environment variables that Lambda gives a runtime.
package struct RuntimeVariables: Hashable, Sendable {
    package var functionName: String
    package var version = "$LATEST"
    package var handler: String
    package var memoryMB: Int
    package var region: String
    /// As SAM and the service name it (`nodejs22.x`); nil or `provided…` for a runtime that the function brings along.
    package var runtime: String?
    package var logStream: String
    /// `host:port`, without a scheme.
    package var runtimeAPI: String
    package var taskRoot: String

    package init(
        functionName: String,
        handler: String,
        memoryMB: Int,
        region: String,
        runtime: String?,
        logStream: String,
        runtimeAPI: String,
        taskRoot: String
    ) {
        self.functionName = functionName
        self.handler = handler
        self.memoryMB = memoryMB
        self.region = region
        self.runtime = runtime
        self.logStream = logStream
        self.runtimeAPI = runtimeAPI
        self.taskRoot = taskRoot
    }

    /// What a function's configuration cannot change.
    package var reserved: [String: String] {
        var variables = [
            "_HANDLER": self.handler,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_LAMBDA_FUNCTION_NAME": self.functionName,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": String(self.memoryMB),
            "AWS_LAMBDA_FUNCTION_VERSION": self.version,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": LambdaName.logGroup(function: self.functionName),
            "AWS_LAMBDA_LOG_STREAM_NAME": self.logStream,
            "AWS_LAMBDA_RUNTIME_API": self.runtimeAPI,
            "LAMBDA_TASK_ROOT": self.taskRoot,
            "LAMBDA_RUNTIME_DIR": "/var/runtime",
        ]
        if let runtime = self.runtime, !runtime.hasPrefix("provided") {
            variables["AWS_EXECUTION_ENV"] = "AWS_Lambda_\(runtime)"
        }
        return variables
    }

    /// What is set beforehand, and may be set otherwise.
    package static let preset = [
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
        "AWS_LAMBDA_LOG_FORMAT": "Text",
    ]

    /// Whether a function's configuration may have a variable of this name: a letter, then letters, digits and `_`.
    package static func isConfigurable(_ name: String) -> Bool {
        let bytes = name.utf8
        guard bytes.count >= 2, let first = bytes.first, Self.isLetter(first) else { return false }
        return bytes.allSatisfy { Self.isLetter($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
    }

    /// Ten of Lambda's own are hidden from extensions, and every name that begins with `_`.
    package static func isSeenByExtensions(_ name: String) -> Bool {
        !name.hasPrefix("_") && !Self.hiddenFromExtensions.contains(name)
    }

    private static let hiddenFromExtensions: Set<String> = [
        "AWS_EXECUTION_ENV", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_XRAY_CONTEXT_MISSING",
        "AWS_XRAY_DAEMON_ADDRESS", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
    ]

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
