/// What a layer has of these files, and where: `/opt` is the layer's root.
extension InterceptorFiles {
    /// By the path in the layer; a file that begins with `#!` is one to execute. Runtime clients are not here: Lambda has
    /// its own.
    package static let layer: [(path: String, bytes: [UInt8])] =
        [
            (Self.starter, PackageResources.lmon_agent),
            (Self.wrapper, PackageResources.exec_wrapper),
        ]
        + (Self.all.filter { $0.name != Self.runtimeClient } + Self.pythonInterceptor).map {
            ("lmon/\($0.name)", $0.bytes)
        }

    /// For `AWS_LAMBDA_EXEC_WRAPPER`.
    package static let wrapper = "lmon/exec-wrapper"

    /// What Lambda starts; it looks for the agent at `../lmon/lmon-agent`.
    package static let starter = "extensions/lmon-agent"
}
