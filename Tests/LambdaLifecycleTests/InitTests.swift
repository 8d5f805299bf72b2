import LambdaLifecycle
import LambdaWire
import Testing

@Suite struct InitTests {
    @Test func anInitWithoutAnInvocationEndsIdle() {
        var play = Playbook()
        play.on(.warm, "log INIT_START", "initStart init", "spawn 1", "timer initialization +10000")
        play.after(100)
        play.on(
            .nextRequested,
            "hold",
            "initRuntimeDone init success",
            "initReport init success 100.00",
            "sample",
            "cancel initialization",
            "timer freeze +5",
            "available"
        )
    }

    @Test func anInvocationThatComesDuringInitWaitsForIt() {
        var play = Playbook()
        play.pass(.warm)
        play.on(.invoke(.test("r1")))
        play.pass(.nextRequested)
        #expect(play.machine.requestIDInProgress == "r1")
    }

    @Test func anInitErrorIsTriedAgainWithinTheInvocation() {
        var play = Playbook()
        play.pass(.invoke(.test("r1")))
        play.after(50)
        play.on(.initError("Runtime.ImportModuleError", #"{"errorType":"X"}"#), "202", "timer exit +500")
        play.on(.initError("Runtime.Other", "{}"), "403 InvalidStateTransition")
        play.on(.nextRequested, "403 InvalidStateTransition")
        play.after(5)
        play.on(
            .runtimeExited(generation: 1, .status(1)),
            "initRuntimeDone init error Runtime.ImportModuleError",
            "initReport init error Runtime.ImportModuleError 55.00",
            "log INIT_REPORT",
            "cancel exit",
            "shutdown failure",
            "cancel initialization",
            "log INIT_START",
            "initStart invoke",
            "spawn 2",
            "timer invocation +3000"
        )
        play.after(60)
        play.pass(.initError("Runtime.ImportModuleError", #"{"errorType":"X"}"#))
        play.on(
            .runtimeExited(generation: 2, .status(1)),
            "initRuntimeDone invoke error Runtime.ImportModuleError",
            "initReport invoke error Runtime.ImportModuleError 60.00",
            "log INIT_REPORT",
            "cancel exit",
            "shutdown failure",
            "cancel invocation",
            "start r1",
            "log START",
            "began r1",
            #"result r1 error {"errorType":"X"}"#,
            "runtimeDone error Runtime.ImportModuleError 0.00 0B",
            "log END",
            "log REPORT",
            "report error Runtime.ImportModuleError 60.00 billed=60",
            #"answer r1 error {"errorType":"X"}"#,
            "available"
        )
    }

    @Test func aRuntimeThatLivesOnAfterItsInitErrorIsKilled() {
        var play = Playbook()
        play.pass(.invoke(.test("r1")), .initError(nil, "{}"))
        play.on(.timerFired(.exit), "kill")
    }

    @Test func aRuntimeThatEndsDuringBothInitsFailsTheInvocation() {
        var play = Playbook()
        play.pass(.invoke(.test("r1")), .runtimeExited(generation: 1, .status(3)))
        let payload =
            #"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: r1 Error: Runtime exited with error: exit status 3"}"#
        play.on(
            .runtimeExited(generation: 2, .status(3)),
            "initRuntimeDone invoke error Runtime.ExitError",
            "initReport invoke error Runtime.ExitError 0.00",
            "log INIT_REPORT",
            "cancel exit",
            "shutdown failure",
            "cancel invocation",
            "start r1",
            "log START",
            "began r1",
            "result r1 error \(payload)",
            "runtimeDone error Runtime.ExitError 0.00 0B",
            "log END",
            "log REPORT",
            "report error Runtime.ExitError 0.00 billed=0",
            "answer r1 error \(payload)",
            "available"
        )
    }

    @Test func aRuntimeThatCannotBeStartedIsAnInvalidEntrypoint() {
        var play = Playbook()
        play.pass(.invoke(.test("r1")), .spawnFailed(generation: 1, reason: "no such file"))
        let payload = #"{"errorType":"Runtime.InvalidEntrypoint","errorMessage":"RequestId: r1 Error: no such file"}"#
        play.on(
            .spawnFailed(generation: 2, reason: "no such file"),
            "initRuntimeDone invoke error Runtime.InvalidEntrypoint",
            "initReport invoke error Runtime.InvalidEntrypoint 0.00",
            "log INIT_REPORT",
            "cancel exit",
            "shutdown failure",
            "cancel invocation",
            "start r1",
            "log START",
            "began r1",
            "result r1 error \(payload)",
            "runtimeDone error Runtime.InvalidEntrypoint 0.00 0B",
            "log END",
            "log REPORT",
            "report error Runtime.InvalidEntrypoint 0.00 billed=0",
            "answer r1 error \(payload)",
            "available"
        )
    }

    @Test func anInitOfMoreThanTenSecondsIsTriedAgainWithinTheInvocation() {
        var play = Playbook()
        play.pass(.invoke(.test("r1")))
        play.after(10_000)
        play.on(
            .timerFired(.initialization),
            "initRuntimeDone init timeout",
            "initReport init timeout 10000.00",
            "log INIT_REPORT",
            "shutdown timeout",
            "kill"
        )
        play.on(
            .runtimeExited(generation: 1, .signal(9)),
            "cancel exit",
            "log INIT_START",
            "initStart invoke",
            "spawn 2",
            "timer invocation +3000"
        )
        play.after(3000)
        let payload =
            #"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: r1 Error: Task timed out after 3.00 seconds"}"#
        play.on(
            .timerFired(.invocation),
            "initRuntimeDone invoke timeout",
            "initReport invoke timeout 3000.00",
            "log INIT_REPORT",
            "cancel invocation",
            "start r1",
            "log START",
            "began r1",
            "result r1 error \(payload)",
            "runtimeDone timeout 0.00 0B",
            "log END",
            "log REPORT",
            "report timeout 3000.00 billed=3000",
            "answer r1 error \(payload)",
            "shutdown timeout",
            "kill"
        )
        play.on(.runtimeExited(generation: 2, .signal(9)), "cancel exit", "available")
    }

    @Test func aFailedInitWithoutAnInvocationWaitsForOne() {
        var play = Playbook()
        play.pass(.warm)
        play.on(
            .runtimeExited(generation: 1, .status(1)),
            "initRuntimeDone init error Runtime.ExitError",
            "initReport init error Runtime.ExitError 0.00",
            "log INIT_REPORT",
            "cancel exit",
            "shutdown failure",
            "cancel initialization",
            "available"
        )
        play.on(.invoke(.test("r1")), "log INIT_START", "initStart invoke", "spawn 2", "timer invocation +3000")
    }
}
