import LambdaLifecycle
import LambdaWire
import Testing

@Suite struct ExtensionTests {
    private static func configuration(_ names: String...) -> EnvironmentMachine.Configuration {
        var configuration = Playbook.configuration
        configuration.extensions = names
        return configuration
    }

    /// Initialised with an extension `a` that is told of all, and idle.
    private static func idle() -> Playbook {
        var play = Playbook(Self.configuration("a"))
        play.pass(.warm, .register("a", .invoke, .shutdown), .next(of: "a"))
        play.after(200)
        play.pass(.nextRequested)
        return play
    }

    private static func running() -> Playbook {
        var play = Self.idle()
        play.pass(.invoke(.test("r1")))
        return play
    }

    // MARK: Init

    @Test func theRuntimeStartsWhenAllHaveRegisteredAndInitEndsWhenAllHaveAsked() {
        var play = Playbook(Self.configuration("a", "b"))
        play.on(.warm, "log INIT_START", "initStart init", "spawn a 1", "spawn b 1", "timer initialization +10000")
        play.on(.register("b", .shutdown), "registered id-b")
        play.on(.next(of: "b"), "hold id-b")
        play.on(.register("a", .invoke, .shutdown), "registered id-a", "spawn 1")
        play.after(100)
        play.on(.nextRequested, "hold")
        // A second poll of the runtime waits as well.
        play.on(.nextRequested, "hold")
        play.after(50)
        play.on(
            .next(of: "a"),
            "hold id-a",
            "initRuntimeDone init success",
            "extension a Ready",
            "extension b Ready",
            "initReport init success 150.00",
            "sample",
            "cancel initialization",
            "timer freeze +5",
            "available"
        )
    }

    @Test func internalOnesRegisterFromWithinTheRuntimeUntilItAsks() {
        var play = Playbook(Self.configuration("a"))
        play.pass(.warm)
        // A name that no file has, such as a misspelt one, is an internal extension's; `a` is still waited for.
        play.on(.register("A", .invoke), "registered id-A")
        play.on(.next(of: "A"), "hold id-A")
        play.pass(.register("a", .invoke), .next(of: "a"))
        play.on(.register("inner", .invoke, .shutdown), "403 Extension.InvalidEventType")
        play.on(.register("inner", .invoke), "registered id-inner")
        play.on(.register("inner"), "403 Extension.InvalidExtensionState")
        for number in 4...10 { play.on(.register("i\(number)"), "registered id-i\(number)") }
        play.on(.register("i11"), "403 Extension.TooManyExtensions")
        play.on(.nextRequested, "hold")
        play.on(.register("late"), "403 Extension.RegistrationClosed")
        play.on(.register("late", .shutdown), "403 Extension.InvalidEventType")
    }

    @Test func whatComesInTheWrongOrderIsRefused() {
        var play = Self.idle()
        play.on(.register("a", .invoke), "403 Extension.InvalidExtensionState")
        play.on(.next(of: "a"), "403 Extension.InvalidExtensionState")
        play.on(.next(of: "nobody"), "403 Extension.UnknownExtensionIdentifier")
        play.on(
            .extensionCalled(.initError(identifier: "id-a", errorType: "X")),
            "403 Extension.InvalidExtensionState"
        )
        play.on(
            .extensionCalled(.exitError(identifier: "id-nobody", errorType: "X")),
            "403 Extension.UnknownExtensionIdentifier"
        )
        play.on(.extensionCalled(.exitError(identifier: "id-a", errorType: "X.Y")), "202")
        play.on(.extensionCalled(.exitError(identifier: "id-a", errorType: "Z")), "202")
        play.on(.next(of: "a"), "403 Extension.InvalidExtensionState")
    }

    // MARK: Invocations

    @Test func anInvocationIsAnsweredAtOnceAndOverWhenAllAreDone() {
        var play = Self.idle()
        play.on(
            .invoke(.test("r1")),
            "cancel freeze",
            "timer invocation +3000",
            "id-a: INVOKE r1 +3000",
            "deliver r1 +3000",
            "start r1",
            "log START",
            "began r1"
        )
        play.after(10)
        play.on(.response("r1", at: play.now), "answer r1 ok 1", "202", "result r1 ok 1")
        play.after(1)
        play.on(
            .nextRequested,
            "hold",
            "runtimeDone success 11.00 1B responseLatency=10.00,responseDuration=0.00,runtimeOverhead=1.00"
        )
        play.on(.nextRequested, "hold")
        play.on(.response("r1", at: play.now), "400 InvalidRequestID")
        play.after(7)
        play.on(
            .next(of: "a"),
            "hold id-a",
            "cancel invocation",
            "log END",
            "log REPORT",
            "report success 18.00 billed=218 init=200.00 extensionOverhead=7.00",
            "timer freeze +5",
            "available"
        )
    }

    @Test func anExtensionThatIsDoneFirstWaitsForTheRuntime() {
        var play = Self.running()
        play.on(.next(of: "a"), "hold id-a")
        play.pass(.response("r1", at: play.now))
        play.on(
            .nextRequested,
            "hold",
            "cancel invocation",
            "runtimeDone success 0.00 1B responseLatency=0.00,responseDuration=0.00,runtimeOverhead=0.00",
            "log END",
            "log REPORT",
            "report success 0.00 billed=200 init=200.00 extensionOverhead=0.00",
            "timer freeze +5",
            "available"
        )
    }

    @Test func anExtensionThatHoldsTooLongIsATimeoutAfterTheAnswer() {
        var play = Self.running()
        play.pass(.response("r1", at: play.now), .nextRequested)
        play.after(3000)
        play.on(
            .timerFired(.invocation),
            "sample",
            "log END",
            "log REPORT",
            "report timeout 3000.00 billed=3200 init=200.00 extensionOverhead=3000.00",
            "shutdown timeout",
            "terminate",
            "timer exit +600"
        )
        play.on(.runtimeExited(generation: 1, .signal(15)), "timer exit +2000")
        // It is told as soon as it asks.
        play.after(100)
        play.on(.next(of: "a"), "hold id-a", "id-a: SHUTDOWN timeout +1900")
        play.on(.exits("a"), "cancel exit", "available")
        // The next invocation starts all of them again.
        play.on(
            .invoke(.test("r2")),
            "log INIT_START",
            "initStart invoke",
            "spawn a 2",
            "timer invocation +3000"
        )
    }

    // MARK: Failure

    @Test(arguments: [
        (RuntimeExit.status(0), "exit code 0"), (.status(2), "exit code 2"), (.signal(9), "signal: killed"),
    ])
    func anExtensionThatEndsFailsTheInvocationAndResetsTheEnvironment(exit: RuntimeExit, reason: String) {
        var play = Self.running()
        let error = #"{"errorType":"Extension.Crash","errorMessage":"RequestId: r1 Error: \#(reason)"}"#
        play.on(
            .exits("a", exit),
            "cancel invocation",
            "result r1 error \(error)",
            "runtimeDone error Extension.Crash 0.00 0B",
            "log END",
            "log REPORT",
            "report error Extension.Crash 0.00 billed=200 init=200.00",
            "answer r1 error \(error)",
            "shutdown failure",
            "kill"
        )
        play.on(.runtimeExited(generation: 1, .signal(9)), "cancel exit", "available")
    }

    @Test func anExtensionThatEndsBetweenInvocationsResetsTheEnvironment() {
        var play = Self.idle()
        play.on(.exits("a", .status(1)), "cancel freeze", "shutdown failure", "kill")
        play.on(.runtimeExited(generation: 1, .signal(9)), "cancel exit", "available")
    }

    @Test func theFirstErrorThatItTellsIsTheOneThatIsReported() {
        var play = Playbook(Self.configuration("a"))
        play.pass(.warm, .register("a", .invoke))
        play.on(.extensionCalled(.initError(identifier: "id-a", errorType: "Extension.NoKey")), "202")
        play.on(
            .exits("a", .status(0)),
            "initRuntimeDone init error Extension.InitError",
            "extension a InitError Extension.NoKey",
            "initReport init error Extension.InitError 0.00",
            "log INIT_REPORT",
            "cancel exit",
            "shutdown failure",
            "cancel initialization",
            "kill"
        )
    }

    @Test func oneThatCannotBeStartedFailsInit() {
        var play = Playbook(Self.configuration("a", "b"))
        play.pass(.invoke(.test("r1")))
        play.on(
            .extensionSpawnFailed(generation: 1, name: "a", errorType: "PermissionDenied", reason: "fork/exec a"),
            "initRuntimeDone init error Extension.LaunchError",
            "extension a LaunchError PermissionDenied",
            "extension b Started",
            "initReport init error Extension.LaunchError 0.00",
            "log INIT_REPORT",
            "cancel exit",
            "shutdown failure",
            "cancel initialization",
            "kill b",
            "timer exit +2000"
        )
        // Then init runs again within the invocation.
        play.on(
            .exits("b", .signal(9)),
            "cancel exit",
            "log INIT_START",
            "initStart invoke",
            "spawn a 2",
            "spawn b 2",
            "timer invocation +3000"
        )
        let error = #"{"errorType":"Extension.LaunchError","errorMessage":"RequestId: r1 Error: fork/exec a"}"#
        play.pass(.exits("b", .signal(9), generation: 1))
        play.on(
            .extensionSpawnFailed(generation: 2, name: "a", errorType: "PermissionDenied", reason: "fork/exec a"),
            "initRuntimeDone invoke error Extension.LaunchError",
            "extension a LaunchError PermissionDenied",
            "extension b Started",
            "initReport invoke error Extension.LaunchError 0.00",
            "log INIT_REPORT",
            "cancel exit",
            "shutdown failure",
            "cancel invocation",
            "start r1",
            "log START",
            "began r1",
            "result r1 error \(error)",
            "runtimeDone error Extension.LaunchError 0.00 0B",
            "log END",
            "log REPORT",
            "report error Extension.LaunchError 0.00 billed=0",
            "answer r1 error \(error)",
            "kill b",
            "timer exit +2000"
        )
    }

    // MARK: Shutdown

    @Test func theRuntimeGoesFirstThenThoseWhoAskedAreToldAndTheOthersKilled() {
        var play = Playbook(Self.configuration("a", "b"))
        play.pass(.warm, .register("a", .invoke, .shutdown), .register("b", .invoke), .next(of: "a"), .next(of: "b"))
        play.pass(.nextRequested)
        play.on(.shutdown(.spindown), "shutdown spindown", "cancel freeze", "terminate", "timer exit +600")
        play.after(600)
        play.on(.timerFired(.exit), "kill")
        play.on(
            .runtimeExited(generation: 1, .signal(9)),
            "id-a: SHUTDOWN spindown +1400",
            "kill b",
            "timer exit +1400"
        )
        play.on(.exits("b", .signal(9)))
        play.after(1400)
        play.on(.timerFired(.exit), "kill a")
        play.on(.exits("a", .signal(9)), "cancel exit", "ended")
    }

    @Test func anInvocationThatWasAnsweredIsGivenAMomentToEnd() {
        var play = Self.running()
        play.pass(.response("r1", at: play.now), .nextRequested)
        play.on(.shutdown(.spindown), "timer exit +500")
        play.on(
            .next(of: "a"),
            "hold id-a",
            "cancel invocation",
            "log END",
            "log REPORT",
            "report success 0.00 billed=200 init=200.00 extensionOverhead=0.00",
            "cancel exit",
            "shutdown spindown",
            "cancel freeze",
            "terminate",
            "timer exit +600"
        )
        play = Self.running()
        play.pass(.response("r1", at: play.now), .nextRequested, .shutdown(.spindown))
        play.after(500)
        play.on(
            .timerFired(.exit),
            "cancel invocation",
            "log END",
            "log REPORT",
            "report failure Sandbox.Failure 500.00 billed=700 init=200.00 extensionOverhead=500.00",
            "shutdown spindown",
            "terminate",
            "timer exit +600"
        )
    }

    @Test func aRuntimeCrashTellsTheExtensions() {
        var play = Self.running()
        play.pass(.next(of: "a"))
        play.pass(.runtimeExited(generation: 1, .status(1)))
        play.on(.exits("a"), "cancel exit", "available")
    }

    @Test func withoutSubscriptionOrRegistrationTheyAreKilled() {
        var play = Playbook(Self.configuration("a"))
        play.pass(.warm)
        play.on(
            .shutdown(.spindown),
            "cancel initialization",
            "cancel exit",
            "shutdown spindown",
            "kill a",
            "timer exit +2000"
        )
        play.on(.exits("a", .signal(9)), "cancel exit", "ended")
    }
}
