/// The platform's own lines in a function's log, text format; each ends with a line feed.
package enum LogLine: Hashable, Sendable {
    case initStart(runtimeVersion: String)
    /// Only for an init that failed.
    case initReport(phase: PlatformEvent.InitPhase, PlatformEvent.Status, errorType: String?, EpochTime.Span)
    case start(requestID: String, version: String)
    case end(requestID: String)
    indirect case report(PlatformEvent.Report)
    case telemetry(name: String, types: [TelemetrySubscription.Kind])
    case `extension`(PlatformEvent.Extension)

    package var text: String {
        switch self {
        case .initStart(let version): return "INIT_START Runtime Version: \(version)\n"
        case .initReport(let phase, let status, let errorType, let duration):
            return "INIT_REPORT Init Duration: \(duration.logText) ms\tPhase: \(phase.rawValue)"
                + Self.status(status, errorType) + "\n"
        case .start(let requestID, let version): return "START RequestId: \(requestID) Version: \(version)\n"
        case .end(let requestID): return "END RequestId: \(requestID)\n"
        case .report(let report): return Self.report(report)
        case .telemetry(let name, let types):
            let names = types.map(\.rawValue.capitalizedASCII).joined(separator: ", ")
            return "TELEMETRY\tName: \(name)\tState: Subscribed\tTypes: [\(names)]\n"
        case .extension(let described):
            return "EXTENSION\tName: \(described.name)\tState: \(described.state)"
                + "\tEvents: [\(described.events.joined(separator: ", "))]"
                + (described.errorType.map { "\tError Type: \($0)" } ?? "") + "\n"
        }
    }

    /// A successful report ends with a tab, as CloudWatch's does; a failed one names its status instead.
    private static func report(_ report: PlatformEvent.Report) -> String {
        var text =
            "REPORT RequestId: \(report.requestID)\tDuration: \(report.duration.logText) ms"
            + "\tBilled Duration: \(report.billedMilliseconds) ms\tMemory Size: \(report.memorySizeMB) MB"
            + "\tMax Memory Used: \(report.maxMemoryUsedMB) MB"
        if let initDuration = report.initDuration { text += "\tInit Duration: \(initDuration.logText) ms" }
        return text + (report.status == .success ? "\t" : Self.status(report.status, report.errorType)) + "\n"
    }

    private static func status(_ status: PlatformEvent.Status, _ errorType: String?) -> String {
        guard let errorType else { return "\tStatus: \(status.rawValue)" }
        return "\tStatus: \(status.rawValue)\tError Type: \(errorType)"
    }
}

extension String {
    fileprivate var capitalizedASCII: String { self.prefix(1).uppercased() + self.dropFirst() }
}
