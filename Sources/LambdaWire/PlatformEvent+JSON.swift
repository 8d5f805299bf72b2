package import LmonJSON

extension PlatformEvent {
    /// Writes a time as telemetry has it: ISO 8601, UTC, milliseconds, `Z`.
    package typealias TimeWriter = (EpochTime, inout JSONWriter) -> Void

    /// Writes the `record` member.
    package func write(to writer: inout JSONWriter, timestamp: TimeWriter) {
        writer.beginObject()
        switch self {
        case .initStart(let start): writer.initStart(start)
        case .initRuntimeDone(let phase, let status, let errorType):
            writer.initOutcome(phase, status, errorType)
        case .initReport(let phase, let status, let errorType, let duration):
            writer.initOutcome(phase, status, errorType)
            writer.object("metrics") { $0.member("durationMs", duration) }
        case .start(let requestID, let version, let functionARN, let traceID):
            writer.member("requestId", requestID)
            writer.member("version", version)
            writer.member("functionArn", functionARN)
            writer.tracing(traceID)
        case .runtimeDone(let done): writer.runtimeDone(done, timestamp)
        case .report(let report): writer.report(report, timestamp)
        case .telemetrySubscription(let name, let types):
            writer.member("name", name)
            writer.member("state", "Subscribed")
            writer.strings("types", types.map(\.rawValue))
        case .extension(let described):
            writer.member("name", described.name)
            writer.member("state", described.state)
            writer.strings("events", described.events)
            writer.member("errorType", described.errorType)
        case .logsDropped(let dropped):
            writer.member("droppedBytes", dropped.bytes)
            writer.member("droppedRecords", dropped.records)
            writer.member("reason", dropped.reason)
        }
        writer.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func initStart(_ start: PlatformEvent.InitStart) {
        self.member("initializationType", "on-demand")
        self.member("phase", start.phase.rawValue)
        self.member("functionName", start.functionName)
        self.member("functionVersion", start.functionVersion)
        self.member("instanceId", start.instanceID)
        self.member("instanceMaxMemory", start.memoryMB)
        self.member("runtimeVersion", start.runtimeVersion)
    }

    fileprivate mutating func initOutcome(
        _ phase: PlatformEvent.InitPhase,
        _ status: PlatformEvent.Status,
        _ errorType: String?
    ) {
        self.member("initializationType", "on-demand")
        self.member("phase", phase.rawValue)
        self.member("status", status.rawValue)
        self.member("errorType", errorType)
    }

    fileprivate mutating func runtimeDone(
        _ done: PlatformEvent.RuntimeDone,
        _ timestamp: PlatformEvent.TimeWriter
    ) {
        self.member("requestId", done.requestID)
        self.member("status", done.status.rawValue)
        self.member("errorType", done.errorType)
        self.object("metrics") {
            $0.member("durationMs", done.duration)
            $0.member("producedBytes", done.producedBytes)
        }
        self.spans(done.spans, timestamp)
        self.tracing(done.traceID)
    }

    fileprivate mutating func report(_ report: PlatformEvent.Report, _ timestamp: PlatformEvent.TimeWriter) {
        self.member("requestId", report.requestID)
        self.member("status", report.status.rawValue)
        self.member("errorType", report.errorType)
        self.object("metrics") {
            $0.member("durationMs", report.duration)
            $0.member("billedDurationMs", report.billedMilliseconds)
            $0.member("memorySizeMB", report.memorySizeMB)
            $0.member("maxMemoryUsedMB", report.maxMemoryUsedMB)
            $0.member("initDurationMs", report.initDuration)
        }
        self.spans(report.spans, timestamp)
        self.tracing(report.traceID)
    }

    fileprivate mutating func strings(_ name: StaticString, _ values: [String]) {
        self.array(name) { for value in values { $0.string(value) } }
    }

    private mutating func spans(_ spans: [PlatformEvent.Span], _ timestamp: PlatformEvent.TimeWriter) {
        self.array("spans") {
            for span in spans {
                $0.object {
                    $0.member("name", span.name.rawValue)
                    $0.key("start")
                    timestamp(span.start, &$0)
                    $0.member("durationMs", span.duration)
                }
            }
        }
    }

    fileprivate mutating func tracing(_ traceID: String?) {
        guard let traceID else { return }
        self.object("tracing") {
            $0.member("type", "X-Amzn-Trace-Id")
            $0.member("value", traceID)
        }
    }

    /// Always a fraction, as AWS writes durations.
    fileprivate mutating func member(_ name: StaticString, _ span: EpochTime.Span?) {
        guard let span else { return }
        self.key(name)
        self.thousandths(Int(span.microseconds))
    }
}
