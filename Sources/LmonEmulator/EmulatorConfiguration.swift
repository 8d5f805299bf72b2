import LambdaWire

/// What is emulated, and how.
package struct EmulatorConfiguration: Sendable {
    package var functions: [EmulatedFunction]
    package var host = "127.0.0.1"
    package var port = 9000
    /// The port was asked for: if it is taken, the start fails. Else the next free one is used.
    package var isPortFixed = false
    /// Environments of each function; what exceeds them waits.
    package var concurrency = 10
    /// Whether idle environments are stopped (SIGSTOP) until their next invocation.
    package var freezes = true
    /// An environment that has been idle for so long is ended; nil: none is.
    package var idleLimit: Duration? = .seconds(600)
    package var region = "us-east-1"
    package var account = "123456789012"
    package var node = "node"
    /// Options for node itself, such as `--inspect`.
    package var nodeArguments: [String] = []
    /// False under a debugger.
    package var hasTimeouts = true
    /// What every runtime gets before the function's own variables: `PATH`, `HOME`, credentials.
    package var inherited: [String: String] = [:]
    /// End idle environments when the code of their function has changed.
    package var reloads = true
    /// How long a failed asynchronous invocation waits for its second and third attempt.
    package var retryDelays: [Duration] = [.seconds(60), .seconds(120)]
    /// Where functions of Lambda's own runtimes run; nil: as plain processes, in folders of this machine.
    package var sandbox: Sandbox?

    package init(functions: [EmulatedFunction]) {
        self.functions = functions
    }

    /// Functions of Lambda's own runtimes run in the sandbox, where there is one. A command of the user's own may need anything
    /// of this machine, and runs as it would from a shell.
    package func isSandboxed(_ function: EmulatedFunction) -> Bool {
        self.sandbox != nil && function.runtime.isManaged
    }
}

/// A function as the emulator runs it.
package struct EmulatedFunction: Hashable, Sendable {
    package enum Runtime: Hashable, Sendable {
        /// lmon's own client, with node.
        case node
        /// lmon's own client, with python.
        case python(executable: String)
        /// A program that speaks the Runtime API.
        case command(executable: String, arguments: [String])

        package var isPython: Bool {
            if case .python = self { true } else { false }
        }

        /// One of Lambda's own, which honours `AWS_LAMBDA_EXEC_WRAPPER`.
        package var isManaged: Bool {
            switch self {
            case .node, .python: true
            case .command: false
            }
        }
    }

    package var name: String
    package var runtime: Runtime
    /// As the template or the service names it, such as `nodejs22.x`.
    package var runtimeName: String?
    package var handler: String
    package var memoryMB = 512
    package var timeout: Duration = .seconds(30)
    package var variables: [String: String] = [:]
    /// Started beside the runtime, in this order.
    package var extensions: [ExternalExtension] = []
    /// Folders that make up `/opt` in the sandbox; the later ones win.
    package var layers: [String] = []
    /// `LAMBDA_TASK_ROOT`, and where the runtime starts.
    package var codeFolder: String

    package init(name: String, runtime: Runtime, handler: String, codeFolder: String) {
        self.name = name
        self.runtime = runtime
        self.handler = handler
        self.codeFolder = codeFolder
    }
}

/// Where the emulator can be reached.
package struct EmulatorEndpoints: Hashable, Sendable {
    /// `http://127.0.0.1:9000`.
    package var invokeAPI: String
    package var host: String
    package var port: Int
    /// The default port was taken by somebody else.
    package var isPortReplaced: Bool

    /// Where to POST an event for `function`.
    package func invocations(of function: String) -> String {
        "\(self.invokeAPI)/2015-03-31/functions/\(function)/invocations"
    }
}

extension Duration {
    var span: EpochTime.Span {
        EpochTime.Span(
            microseconds: self.components.seconds * 1_000_000 + self.components.attoseconds / 1_000_000_000_000
        )
    }
}
