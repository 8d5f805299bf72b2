import LmonJSON

extension PlatformEvent {
    /// The `record` member. `timestamp` writes a time as telemetry has it: ISO 8601, UTC, milliseconds, `Z`.
    package func payload(timestamp: (EpochTime) -> [UInt8]) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        switch self {
        case .initStart(let start): writer.initStart(start)
        case .initRuntimeDone(let phase, let status, let errorType):
            writer.initOutcome(phase, status, errorType)
        case .initReport(let phase, let status, let errorType, let duration):
            writer.initOutcome(phase, status, errorType)
            writer.object("metrics") { $0.member("durationMs", raw: duration.json) }
        case .start(let requestID, let version, let functionARN, let traceID):
            writer.member("requestId", requestID)
            writer.member("version", version)
            writer.member("functionArn", functionARN)
            writer.tracing(traceID)
        case .runtimeDone(let done): writer.runtimeDone(done, timestamp)
        case .report(let report): writer.report(report, timestamp)
        }
        writer.endObject()
        return writer.bytes
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
        _ timestamp: (EpochTime) -> [UInt8]
    ) {
        self.member("requestId", done.requestID)
        self.member("status", done.status.rawValue)
        self.member("errorType", done.errorType)
        self.object("metrics") {
            $0.member("durationMs", raw: done.duration.json)
            $0.member("producedBytes", done.producedBytes)
        }
        self.spans(done.spans, timestamp)
        self.tracing(done.traceID)
    }

    fileprivate mutating func report(_ report: PlatformEvent.Report, _ timestamp: (EpochTime) -> [UInt8]) {
        self.member("requestId", report.requestID)
        self.member("status", report.status.rawValue)
        self.member("errorType", report.errorType)
        self.object("metrics") {
            $0.member("durationMs", raw: report.duration.json)
            $0.member("billedDurationMs", report.billedMilliseconds)
            $0.member("memorySizeMB", report.memorySizeMB)
            $0.member("maxMemoryUsedMB", report.maxMemoryUsedMB)
            $0.member("initDurationMs", raw: report.initDuration?.json)
        }
        self.spans(report.spans, timestamp)
        self.tracing(report.traceID)
    }

    private mutating func spans(_ spans: [PlatformEvent.Span], _ timestamp: (EpochTime) -> [UInt8]) {
        self.array("spans") {
            for span in spans {
                $0.object {
                    $0.member("name", span.name.rawValue)
                    $0.key("start")
                    $0.string(utf8: timestamp(span.start))
                    $0.member("durationMs", raw: span.duration.json)
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
}
