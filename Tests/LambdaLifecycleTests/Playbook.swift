import LambdaLifecycle
import LambdaWire
import Testing

/// A script of what happens to an environment and what it must ask for; a failure shows both in two columns.
///
/// Time stands still until `after` moves it. Actions are written as short words, so that a script reads as a story.
struct Playbook {
    private(set) var machine: EnvironmentMachine
    private(set) var now = EpochTime(microseconds: 1_000_000_000_000)

    static let configuration: EnvironmentMachine.Configuration = {
        var configuration = EnvironmentMachine.Configuration(
            functionName: "orders",
            logStream: "2026/11/23/[$LATEST]00",
            memoryMB: 128,
            timeout: EpochTime.Span(milliseconds: 3000)
        )
        configuration.runtimeVersion = "nodejs:22.v1"
        return configuration
    }()

    init(_ configuration: EnvironmentMachine.Configuration = Self.configuration) {
        self.machine = EnvironmentMachine(configuration)
    }

    /// Lets time pass.
    mutating func after(_ milliseconds: Int) {
        self.now = self.now.adding(milliseconds: milliseconds)
    }

    /// `event` happens, and exactly `expected` must follow.
    mutating func on(
        _ event: EnvironmentEvent,
        _ expected: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let actual = self.machine.handle(event, at: self.now).map { self.describe($0) }
        guard actual != expected else { return }
        var lines = ["on \(event)", "  \("expected".padded)   actual"]
        for row in 0..<max(actual.count, expected.count) {
            let left = row < expected.count ? expected[row] : "–"
            let right = row < actual.count ? actual[row] : "–"
            lines.append("\(left == right ? "  " : "✗ ")\(left.padded)   \(right)")
        }
        Issue.record(Comment(rawValue: lines.joined(separator: "\n")), sourceLocation: sourceLocation)
    }

    /// The same without looking at what follows.
    mutating func pass(_ events: EnvironmentEvent...) {
        for event in events { _ = self.machine.handle(event, at: self.now) }
    }

    /// Initialised in 200 ms and idle.
    static func idle(_ configuration: EnvironmentMachine.Configuration = Self.configuration) -> Playbook {
        var play = Playbook(configuration)
        play.pass(.warm)
        play.after(200)
        play.pass(.nextRequested)
        return play
    }

    /// Running the invocation `r1` since its init.
    static func running(_ configuration: EnvironmentMachine.Configuration = Self.configuration) -> Playbook {
        var play = Playbook.idle(configuration)
        play.pass(.invoke(.test("r1")))
        return play
    }

    private func describe(_ action: EnvironmentAction) -> String {
        switch action {
        case .spawn(let generation): "spawn \(generation)"
        case .kill(.kill): "kill"
        case .kill(.terminate): "terminate"
        case .freeze: "freeze"
        case .thaw: "thaw"
        case .quiesce(let ticket): "quiesce \(ticket)"
        case .sampleMemory: "sample"
        case .hold: "hold"
        case .deliver(let invocation, let deadline): "deliver \(invocation.requestID) \(self.offset(deadline))"
        case .accept: "202"
        case .refuse(let error): "\(error.status) \(error.errorType)"
        case .spawnExtension(let name, let generation): "spawn \(name) \(generation)"
        case .killExtension(let name): "kill \(name)"
        case .registered(let identifier): "registered \(identifier)"
        case .holdExtension(let identifier): "hold \(identifier)"
        case .deliverToExtension(let identifier, let event): "\(identifier): \(self.describe(event))"
        case .refuseExtension(let error): "\(error.status) \(error.errorType)"
        case .tellExtension(let member): Self.words("extension", member.name, member.state.rawValue, member.errorType)
        case .emit(let event): self.describe(event)
        case .log(let line): "log \(line.text.split(whereSeparator: { $0 == " " || $0 == "\t" }).first ?? "")"
        case .began(let invocation, _): "began \(invocation.requestID)"
        case .result(let requestID, let outcome): "result \(requestID) \(Self.describe(outcome))"
        case .answer(let requestID, let outcome): "answer \(requestID) \(Self.describe(outcome))"
        case .shuttingDown(let reason): "shutdown \(reason)"
        case .setTimer(let timer, let time): "timer \(timer) \(self.offset(time))"
        case .cancelTimer(let timer): "cancel \(timer)"
        case .available: "available"
        case .ended: "ended"
        }
    }

    private func offset(_ time: EpochTime) -> String {
        let microseconds = time.microseconds - self.now.microseconds
        return "\(microseconds < 0 ? "-" : "+")\(abs(microseconds) / 1000)"
    }

    private func describe(_ event: ExtensionEvent) -> String {
        switch event {
        case .invoke(let requestID, let deadline, _, _): "INVOKE \(requestID) \(self.offset(deadline))"
        case .shutdown(let reason, let deadline): "SHUTDOWN \(reason) \(self.offset(deadline))"
        }
    }

    private func describe(_ event: PlatformEvent) -> String {
        switch event {
        case .initStart(let start): "initStart \(start.phase)"
        case .initRuntimeDone(let phase, let status, let type): Self.words("initRuntimeDone", phase, status, type)
        case .initReport(let phase, let status, let type, let duration):
            Self.words("initReport", phase, status, type, duration.logText)
        case .start(let requestID, _, _, _): "start \(requestID)"
        case .runtimeDone(let done):
            Self.words(
                "runtimeDone",
                done.status,
                done.errorType,
                done.duration.logText,
                "\(done.producedBytes)B",
                done.spans.map { "\($0.name)=\($0.duration.logText)" }.joined(separator: ",")
            )
        case .report(let report):
            Self.words(
                "report",
                report.status,
                report.errorType,
                report.duration.logText,
                "billed=\(report.billedMilliseconds)",
                report.initDuration.map { "init=\($0.logText)" },
                report.spans.map { "\($0.name)=\($0.duration.logText)" }.joined(separator: ",")
            )
        case .telemetrySubscription(let name, _): "telemetrySubscription \(name)"
        case .extension(let described): Self.words("extension", described.name, described.state, described.errorType)
        case .logsDropped(let dropped): "logsDropped \(dropped.records)"
        }
    }

    private static func words(_ parts: Any?...) -> String {
        parts.compactMap { $0 }.map { "\($0)" }.filter { !$0.isEmpty && $0 != "nil" }.joined(separator: " ")
    }

    private static func describe(_ outcome: Outcome) -> String {
        switch outcome {
        case .success(let body, _): "ok \(String(decoding: body, as: UTF8.self))"
        case .functionError(let body, _): "error \(String(decoding: body, as: UTF8.self))"
        case .refused(let error): "\(error.status) \(error.type)"
        }
    }
}

extension String {
    fileprivate var padded: String { self + String(repeating: " ", count: max(0, 50 - self.count)) }
}

extension Invocation {
    static func test(_ requestID: String, tail: Bool = false, asynchronous: Bool = false) -> Invocation {
        Invocation(
            requestID: requestID,
            invocationID: "attempt-\(requestID)",
            event: Array("{}".utf8),
            functionARN: "arn:aws:lambda:eu-west-1:123456789012:function:orders",
            wantsLogTail: tail,
            isAsynchronous: asynchronous
        )
    }
}

extension EnvironmentEvent {
    static func response(_ requestID: String, _ body: String = "1", at time: EpochTime, nonce: String? = nil) -> Self {
        .responsePosted(
            requestID: requestID,
            invocationID: nonce,
            Response(content: .complete(Array(body.utf8)), startedAt: time)
        )
    }

    static func error(_ requestID: String, _ body: String) -> Self {
        .errorPosted(requestID: requestID, invocationID: nil, body: Array(body.utf8), contentType: nil)
    }

    static func register(_ name: String, _ events: ExtensionEventType...) -> Self {
        .extensionCalled(.register(name: name, Set(events), identifier: "id-\(name)"))
    }

    static func next(of name: String) -> Self { .extensionCalled(.next(identifier: "id-\(name)")) }

    static func exits(_ name: String, _ exit: RuntimeExit = .status(0), generation: Int = 1) -> Self {
        .extensionExited(generation: generation, name: name, exit)
    }

    static func initError(_ type: String?, _ body: String) -> Self {
        .initErrorPosted(errorType: type, body: Array(body.utf8), contentType: nil)
    }
}
