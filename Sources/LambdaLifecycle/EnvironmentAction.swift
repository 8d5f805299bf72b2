package import LambdaWire

/// What the owner of an `EnvironmentMachine` must do, in order.
package enum EnvironmentAction: Hashable, Sendable {
    // Processes.
    case spawn(generation: Int)
    case kill(Kill)
    /// SIGSTOP to all processes.
    case freeze
    /// SIGCONT to all processes.
    case thaw
    /// Read what interceptors have sent; then `.quiesced(ticket:)`.
    case quiesce(ticket: Int)
    /// The highest resident size is about to be reported; this moment is not hot.
    case sampleMemory

    // Answers to the runtime.
    /// Keep this call of `next` open, however long.
    case hold
    /// Answer every open `next`; there may be none, then the runtime will ask again.
    case deliver(Invocation, deadline: EpochTime)
    case accept
    case refuse(RuntimeAPIError)

    // Extensions.
    /// Start the external extension of that name.
    case spawnExtension(name: String, generation: Int)
    /// SIGKILL to its process group and all descendants.
    case killExtension(name: String)
    /// Answer the registration.
    case registered(identifier: String)
    /// Keep this call of `event/next` open, however long.
    case holdExtension(identifier: String)
    /// Answer its open `event/next`.
    case deliverToExtension(identifier: String, ExtensionEvent)
    case refuseExtension(ExtensionsAPIError)

    // Telling.
    /// `platform.extension` and its log line.
    case tellExtension(ExtensionTable.Member)
    case emit(PlatformEvent)
    case log(LogLine)
    /// The invocation has begun, right after its `platform.start`.
    case began(Invocation, deadline: EpochTime)
    /// Its outcome is known, and the environment about to be free or reset.
    case result(requestID: String, Outcome)
    /// Send the outcome to the invoker: at once, or at the invocation's end if the log's tail was asked for.
    case answer(requestID: String, Outcome)
    case shuttingDown(ShutdownReason)

    // Time.
    /// A timer of the same name that was set before is void.
    case setTimer(EnvironmentTimer, EpochTime)
    case cancelTimer(EnvironmentTimer)

    // The pool.
    /// It can take an invocation.
    case available
    /// It has no process and will never have one again.
    case ended

    package enum Kill: Hashable, Sendable {
        /// SIGTERM to the process group.
        case terminate
        /// SIGKILL to the process group and all descendants.
        case kill
    }
}
