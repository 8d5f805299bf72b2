import LambdaLifecycle
import LambdaWire
import Testing

@Suite struct InvokeTests {
    @Test func aColdStartThatSucceeds() {
        var play = Playbook()
        play.on(
            .invoke(.test("r1")),
            "log INIT_START",
            "initStart init",
            "spawn 1",
            "timer initialization +10000"
        )
        play.after(200)
        play.on(
            .nextRequested,
            "hold",
            "initRuntimeDone init success",
            "initReport init success 200.00",
            "sample",
            "cancel initialization",
            "timer invocation +3000",
            "deliver r1 +3000",
            "start r1",
            "log START",
            "began r1"
        )
        play.after(40)
        play.on(.response("r1", "42", at: play.now), "answer r1 ok 42", "202", "result r1 ok 42")
        play.after(2)
        play.on(
            .nextRequested,
            "hold",
            "cancel invocation",
            "runtimeDone success 42.00 2B responseLatency=40.00,responseDuration=0.00,runtimeOverhead=2.00",
            "log END",
            "log REPORT",
            "report success 42.00 billed=242 init=200.00",
            "timer freeze +5",
            "available"
        )
    }

    @Test func aWarmInvocationHasNoInitDuration() {
        var play = Playbook.running()
        play.pass(.response("r1", at: play.now), .nextRequested)
        play.on(
            .invoke(.test("r2")),
            "cancel freeze",
            "timer invocation +3000",
            "deliver r2 +3000",
            "start r2",
            "log START",
            "began r2"
        )
        play.pass(.response("r2", at: play.now))
        play.on(
            .nextRequested,
            "hold",
            "cancel invocation",
            "runtimeDone success 0.00 1B responseLatency=0.00,responseDuration=0.00,runtimeOverhead=0.00",
            "log END",
            "log REPORT",
            "report success 0.00 billed=0",
            "timer freeze +5",
            "available"
        )
    }

    @Test func aHandlersErrorKeepsTheEnvironmentWarm() {
        var play = Playbook.running()
        play.on(
            .error("r1", #"{"errorType":"E"}"#),
            #"answer r1 error {"errorType":"E"}"#,
            "202",
            #"result r1 error {"errorType":"E"}"#
        )
        play.on(
            .nextRequested,
            "hold",
            "cancel invocation",
            "runtimeDone success 0.00 0B responseLatency=0.00,responseDuration=0.00,runtimeOverhead=0.00",
            "log END",
            "log REPORT",
            "report success 0.00 billed=200 init=200.00",
            "timer freeze +5",
            "available"
        )
    }

    @Test func theLogTailIsWaitedFor() {
        var play = Playbook.idle()
        play.pass(.invoke(.test("r1", tail: true)))
        play.on(.response("r1", "1", at: play.now), "202", "result r1 ok 1")
        play.on(
            .nextRequested,
            "hold",
            "cancel invocation",
            "runtimeDone success 0.00 1B responseLatency=0.00,responseDuration=0.00,runtimeOverhead=0.00",
            "log END",
            "log REPORT",
            "report success 0.00 billed=200 init=200.00",
            "answer r1 ok 1",
            "timer freeze +5",
            "available"
        )
    }

    @Test func aTimeoutIsAnsweredAtTheDeadlineAndResetsTheEnvironment() {
        var play = Playbook.running()
        play.after(3001)
        let payload =
            #"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: r1 Error: Task timed out after 3.00 seconds"}"#
        play.on(
            .timerFired(.invocation),
            "sample",
            "result r1 error \(payload)",
            "runtimeDone timeout 3001.00 0B",
            "log END",
            "log REPORT",
            "report timeout 3000.00 billed=3200 init=200.00",
            "answer r1 error \(payload)",
            "shutdown timeout",
            "kill"
        )
        play.on(.nextRequested, "500 InternalServerError")
        play.on(.response("r1", at: play.now), "400 InvalidRequestID")
        play.on(.runtimeExited(generation: 1, .signal(9)), "cancel exit", "available")
        play.on(.invoke(.test("r2")), "log INIT_START", "initStart invoke", "spawn 2", "timer invocation +3000")
        play.after(150)
        play.on(
            .nextRequested,
            "hold",
            "initRuntimeDone invoke success",
            "initReport invoke success 150.00",
            "sample",
            "timer invocation +2850",
            "deliver r2 +2850",
            "start r2",
            "log START",
            "began r2"
        )
        play.pass(.response("r2", at: play.now))
        play.on(
            .nextRequested,
            "hold",
            "cancel invocation",
            "runtimeDone success 0.00 1B responseLatency=0.00,responseDuration=0.00,runtimeOverhead=0.00",
            "log END",
            "log REPORT",
            "report success 150.00 billed=150",
            "timer freeze +5",
            "available"
        )
    }

    @Test func aTimeoutAfterTheResponseTakesNothingBack() {
        var play = Playbook.running()
        play.pass(.response("r1", at: play.now))
        play.after(3000)
        play.on(
            .timerFired(.invocation),
            "sample",
            "runtimeDone timeout 3000.00 1B responseLatency=0.00,responseDuration=0.00",
            "log END",
            "log REPORT",
            "report timeout 3000.00 billed=3200 init=200.00",
            "shutdown timeout",
            "kill"
        )
    }

    @Test(arguments: [
        (RuntimeExit.status(0), "Runtime exited without providing a reason"),
        (.status(1), "Runtime exited with error: exit status 1"),
        (.signal(9), "Runtime exited with error: signal: killed"),
        (.signal(11), "Runtime exited with error: signal: segmentation fault"),
    ])
    func aRuntimeThatEndsIsReported(exit: RuntimeExit, reason: String) {
        var play = Playbook.running()
        play.after(10)
        let payload = #"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: r1 Error: \#(reason)"}"#
        play.on(
            .runtimeExited(generation: 1, exit),
            "cancel invocation",
            "result r1 error \(payload)",
            "runtimeDone error Runtime.ExitError 10.00 0B",
            "log END",
            "log REPORT",
            "report error Runtime.ExitError 10.00 billed=210 init=200.00",
            "answer r1 error \(payload)",
            "shutdown failure",
            "available"
        )
        play.on(.invoke(.test("r2")), "log INIT_START", "initStart invoke", "spawn 2", "timer invocation +3000")
    }

    @Test func outOfMemoryHasATypeOfItsOwn() {
        var play = Playbook.running()
        play.on(.memoryExceeded, "kill")
        let payload =
            #"{"errorType":"Runtime.OutOfMemory","errorMessage":"RequestId: r1 Error: Runtime exited with error: signal: killed"}"#
        play.on(
            .runtimeExited(generation: 1, .signal(9)),
            "cancel invocation",
            "result r1 error \(payload)",
            "runtimeDone error Runtime.OutOfMemory 0.00 0B",
            "log END",
            "log REPORT",
            "report error Runtime.OutOfMemory 0.00 billed=200 init=200.00",
            "answer r1 error \(payload)",
            "shutdown failure",
            "available"
        )
    }

    @Test func aRuntimeThatEndsWhileIdleIsStartedAgainByTheNextInvocation() {
        var play = Playbook.idle()
        play.on(.runtimeExited(generation: 1, .status(0)), "cancel freeze", "shutdown failure", "available")
        play.on(.invoke(.test("r1")), "log INIT_START", "initStart invoke", "spawn 2", "timer invocation +3000")
    }

    @Test func theExitOfAnEarlierProcessMeansNothing() {
        var play = Playbook.idle()
        play.pass(.runtimeExited(generation: 1, .status(0)), .invoke(.test("r1")))
        play.on(.runtimeExited(generation: 1, .status(0)))
        #expect(play.machine.runtimeState == .started)
    }

    @Test func underADebuggerNothingTimesOut() {
        var configuration = Playbook.configuration
        configuration.hasTimeouts = false
        configuration.freezeDelay = nil
        var play = Playbook(configuration)
        play.on(.invoke(.test("r1")), "log INIT_START", "initStart init", "spawn 1")
        play.after(100_000)
        play.on(
            .nextRequested,
            "hold",
            "initRuntimeDone init success",
            "initReport init success 100000.00",
            "sample",
            "deliver r1 +3000",
            "start r1",
            "log START",
            "began r1"
        )
        play.pass(.response("r1", at: play.now))
        play.on(
            .nextRequested,
            "hold",
            "runtimeDone success 0.00 1B responseLatency=0.00,responseDuration=0.00,runtimeOverhead=0.00",
            "log END",
            "log REPORT",
            "report success 0.00 billed=100000 init=100000.00",
            "available"
        )
    }
}
