package import LmonJSON

/// The kind of a record: AWS's telemetry types as AWS spells them, and lmon's own. Any other string is a valid type.
package struct RecordType: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { self.rawValue }

    /// Most types differ in length, which costs less to compare than text.
    package static func == (left: RecordType, right: RecordType) -> Bool {
        left.rawValue.utf8.count == right.rawValue.utf8.count && left.rawValue == right.rawValue
    }

    // Telemetry API, schema reference.
    package static let initStart = RecordType("platform.initStart")
    package static let initRuntimeDone = RecordType("platform.initRuntimeDone")
    package static let initReport = RecordType("platform.initReport")
    package static let start = RecordType("platform.start")
    package static let runtimeDone = RecordType("platform.runtimeDone")
    package static let report = RecordType("platform.report")
    package static let restoreStart = RecordType("platform.restoreStart")
    package static let restoreRuntimeDone = RecordType("platform.restoreRuntimeDone")
    package static let restoreReport = RecordType("platform.restoreReport")
    package static let platformExtension = RecordType("platform.extension")
    package static let telemetrySubscription = RecordType("platform.telemetrySubscription")
    package static let logsDropped = RecordType("platform.logsDropped")
    /// A line that the handler's process wrote: a string, or an object when the function logs JSON.
    package static let function = RecordType("function")
    /// A line that an extension wrote.
    package static let `extension` = RecordType("extension")

    // lmon's own.
    package static let environment = RecordType("lmon.environment")
    package static let interceptor = RecordType("lmon.interceptor")
    package static let agent = RecordType("lmon.agent")
    package static let invoke = RecordType("lmon.invoke")
    package static let shutdown = RecordType("lmon.shutdown")
    package static let freeze = RecordType("lmon.freeze")
    package static let thaw = RecordType("lmon.thaw")
    package static let delivery = RecordType("lmon.delivery")
    package static let dropped = RecordType("lmon.dropped")
    package static let overhead = RecordType("lmon.overhead")
    /// A handler has returned: a signal from interceptors, never kept.
    package static let handlerEnd = RecordType("handler.end")
    package static let httpRequest = RecordType("http.request")
    package static let httpResponse = RecordType("http.response")
    package static let httpEnd = RecordType("http.end")
    package static let invocationEvent = RecordType("invocation.event")
    package static let invocationResult = RecordType("invocation.result")
}

// MARK: Reading

extension RecordType {
    /// Known types by their length, so that reading one costs a comparison and no allocation.
    private static let known: [[(name: [UInt8], type: RecordType)]] = {
        let types = [
            Self.initStart, initRuntimeDone, initReport, start, runtimeDone, report, restoreStart, restoreRuntimeDone,
            restoreReport, platformExtension, telemetrySubscription, logsDropped, function, `extension`, environment,
            interceptor, agent, invoke, shutdown, freeze, thaw, delivery, dropped, overhead, httpRequest, httpResponse,
            httpEnd, invocationEvent, invocationResult, handlerEnd,
        ]
        var table = [[(name: [UInt8], type: RecordType)]](repeating: [], count: 32)
        for type in types { table[type.rawValue.utf8.count].append((Array(type.rawValue.utf8), type)) }
        return table
    }()

    /// Reads a string.
    package init(_ scanner: inout JSONScanner) throws(JSONError) {
        let range = try scanner.stringRange()
        if range.count < Self.known.count {
            for entry in Self.known[range.count] where scanner.bytes[range].elementsEqual(entry.name) {
                self = entry.type
                return
            }
        }
        self.init(scanner.unescapedString(range))
    }
}
