/// What the platform tells telemetry about an environment and its invocations: the `platform.*` types that an emulator
/// without SnapStart emits. Field names and JSON types follow the Telemetry API's schema reference.
package indirect enum PlatformEvent: Hashable, Sendable {
    case initStart(InitStart)
    case initRuntimeDone(phase: InitPhase, status: Status, errorType: String?)
    case initReport(phase: InitPhase, status: Status, errorType: String?, duration: EpochTime.Span)
    case start(requestID: String, version: String, functionARN: String, traceID: String?)
    case runtimeDone(RuntimeDone)
    case report(Report)
    /// Told as soon as an extension has subscribed.
    case telemetrySubscription(name: String, types: [TelemetrySubscription.Kind])
    case `extension`(Extension)
    case logsDropped(LogsDropped)

    package enum InitPhase: String, Hashable, Sendable {
        case `init`
        /// Init inside an invocation, after one that failed or after a reset: a suppressed init.
        case invoke
    }

    package enum Status: String, Hashable, Sendable {
        case success, failure, error, timeout
    }

    package struct InitStart: Hashable, Sendable {
        package var phase: InitPhase
        package var functionName: String
        package var functionVersion: String
        /// The log stream's name.
        package var instanceID: String
        package var memoryMB: Int
        package var runtimeVersion: String?

        package init(
            phase: InitPhase,
            functionName: String,
            functionVersion: String,
            instanceID: String,
            memoryMB: Int,
            runtimeVersion: String?
        ) {
            self.phase = phase
            self.functionName = functionName
            self.functionVersion = functionVersion
            self.instanceID = instanceID
            self.memoryMB = memoryMB
            self.runtimeVersion = runtimeVersion
        }
    }

    package struct Span: Hashable, Sendable {
        package enum Name: String, Hashable, Sendable {
            /// Event handed to the runtime → its response begins.
            case responseLatency
            /// First to last byte of the response.
            case responseDuration
            /// Response sent → the runtime asks for the next event.
            case runtimeOverhead
            /// The runtime asks for the next event → the last extension does.
            case extensionOverhead
        }
        package let name: Name
        package let start: EpochTime
        package let duration: EpochTime.Span

        package init(_ name: Name, from start: EpochTime, to end: EpochTime) {
            self.name = name
            self.start = start
            self.duration = end.since(start)
        }
    }

    package struct RuntimeDone: Hashable, Sendable {
        package var requestID: String
        package var status: Status
        package var errorType: String?
        package var duration: EpochTime.Span
        package var producedBytes: Int
        package var spans: [Span]
        package var traceID: String?

        package init(
            requestID: String,
            status: Status,
            errorType: String? = nil,
            duration: EpochTime.Span,
            producedBytes: Int = 0,
            spans: [Span] = [],
            traceID: String? = nil
        ) {
            self.requestID = requestID
            self.status = status
            self.errorType = errorType
            self.duration = duration
            self.producedBytes = producedBytes
            self.spans = spans
            self.traceID = traceID
        }
    }

    package struct Report: Hashable, Sendable {
        package var requestID: String
        package var status: Status
        package var errorType: String?
        package var duration: EpochTime.Span
        /// Only for the first invocation after an init of its own.
        package var initDuration: EpochTime.Span?
        package var memorySizeMB: Int
        package var maxMemoryUsedMB: Int
        package var spans: [Span]
        package var traceID: String?

        package init(
            requestID: String,
            status: Status,
            errorType: String? = nil,
            duration: EpochTime.Span,
            initDuration: EpochTime.Span? = nil,
            memorySizeMB: Int,
            maxMemoryUsedMB: Int,
            spans: [Span] = [],
            traceID: String? = nil
        ) {
            self.requestID = requestID
            self.status = status
            self.errorType = errorType
            self.duration = duration
            self.initDuration = initDuration
            self.memorySizeMB = memorySizeMB
            self.maxMemoryUsedMB = maxMemoryUsedMB
            self.spans = spans
            self.traceID = traceID
        }

        /// Since August 2025 the init of a cold start is billed as well.
        package var billedMilliseconds: Int { (self.duration + (self.initDuration ?? .zero)).billedMilliseconds }
    }

    /// What has become of an extension by the end of init.
    package struct Extension: Hashable, Sendable {
        package var name: String
        /// A state of the Extensions API: `Ready`, unless something went wrong.
        package var state: String
        /// What it is told of, sorted.
        package var events: [String]
        package var errorType: String?

        package init(name: String, state: String, events: [String], errorType: String? = nil) {
            self.name = name
            self.state = state
            self.events = events.sorted()
            self.errorType = errorType
        }
    }

    package struct LogsDropped: Hashable, Sendable {
        package var records: Int
        package var bytes: Int

        package init(records: Int, bytes: Int) {
            self.records = records
            self.bytes = bytes
        }

        package static let none = LogsDropped(records: 0, bytes: 0)

        var reason: String { "The subscriber takes its records more slowly than they come, or not at all." }
    }

    /// The envelope's `type`.
    package var type: String {
        switch self {
        case .initStart: "platform.initStart"
        case .initRuntimeDone: "platform.initRuntimeDone"
        case .initReport: "platform.initReport"
        case .start: "platform.start"
        case .runtimeDone: "platform.runtimeDone"
        case .report: "platform.report"
        case .telemetrySubscription: "platform.telemetrySubscription"
        case .extension: "platform.extension"
        case .logsDropped: "platform.logsDropped"
        }
    }

    package var requestID: String? {
        switch self {
        case .initStart, .initRuntimeDone, .initReport, .telemetrySubscription, .extension, .logsDropped: nil
        case .start(let requestID, _, _, _): requestID
        case .runtimeDone(let done): done.requestID
        case .report(let report): report.requestID
        }
    }
}
