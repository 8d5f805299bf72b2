package import LambdaWire

/// What can happen to an execution environment.
package enum EnvironmentEvent: Hashable, Sendable {
    /// The pool wants it to begin without an invocation.
    case warm
    /// The pool gives it an invocation; only after `.available`, and once right after it was made.
    case invoke(Invocation)

    // The runtime's calls. Each is answered by exactly one of `.hold` (answered by a later or following `.deliver`),
    // `.accept` and `.refuse`.
    case nextRequested
    case responsePosted(requestID: String, invocationID: String?, Response)
    case errorPosted(requestID: String, invocationID: String?, body: [UInt8], contentType: String?)
    case initErrorPosted(errorType: String?, body: [UInt8], contentType: String?)

    // The runtime's process. `generation` is that of the `.spawn` that began it; an earlier one's end means nothing.
    case spawnFailed(generation: Int, reason: String)
    case runtimeExited(generation: Int, RuntimeExit)
    /// The highest resident size of its processes so far.
    case memorySampled(megabytes: Int)
    case memoryExceeded

    // Extensions.
    case extensionCalled(ExtensionCall)
    /// The process of an external one has ended.
    case extensionExited(generation: Int, name: String, RuntimeExit)
    /// It could not be started; `errorType` is AWS's detail, such as `PermissionDenied`.
    case extensionSpawnFailed(generation: Int, name: String, errorType: String, reason: String)

    case timerFired(EnvironmentTimer)
    /// What has been written before a freeze has been read.
    case quiesced(ticket: Int)
    case shutdown(ShutdownReason)

    package struct Response: Hashable, Sendable {
        package enum Content: Hashable, Sendable {
            case complete([UInt8])
            /// More than `LambdaLimit.responseBytes`.
            case tooLarge
            /// The connection ended within a streamed response.
            case truncated
        }
        package var content: Content
        package var contentType: String
        /// `Lambda-Runtime-Function-Response-Mode` as sent.
        package var mode: String?
        /// The trailer of a streamed response that failed on the way: the error's JSON.
        package var trailingError: [UInt8]?
        /// When its first byte came.
        package var startedAt: EpochTime

        package init(
            content: Content,
            contentType: String = "application/json",
            mode: String? = nil,
            trailingError: [UInt8]? = nil,
            startedAt: EpochTime
        ) {
            self.content = content
            self.contentType = contentType
            self.mode = mode
            self.trailingError = trailingError
            self.startedAt = startedAt
        }
    }
}

/// What an extension asks; `identifier` is the one that it was given, or is to be given.
package enum ExtensionCall: Hashable, Sendable {
    case register(name: String, Set<ExtensionEventType>, identifier: String)
    case next(identifier: String)
    case initError(identifier: String, errorType: String)
    case exitError(identifier: String, errorType: String)
}

package enum EnvironmentTimer: Int, Hashable, Sendable, CaseIterable {
    case initialization
    case invocation
    case freeze
    /// A runtime that was asked to end, or said that it failed, must be gone by then.
    case exit
}

package enum ShutdownReason: String, Hashable, Sendable {
    case spindown, timeout, failure
}
