import LambdaLifecycle
import LambdaWire
import Testing

@Suite struct FreezeAndShutdownTests {
    @Test func anIdleEnvironmentIsFrozenOnceItIsQuiet() {
        var play = Playbook.idle()
        play.after(5)
        play.on(.timerFired(.freeze), "sample", "quiesce 1")
        play.on(.quiesced(ticket: 1), "freeze")
        play.on(
            .invoke(.test("r1")),
            "thaw",
            "cancel freeze",
            "timer invocation +3000",
            "deliver r1 +3000",
            "start r1",
            "log START",
            "began r1"
        )
    }

    @Test func anInvocationThatComesFirstPreventsTheFreeze() {
        var play = Playbook.idle()
        play.pass(.timerFired(.freeze), .invoke(.test("r1")))
        play.on(.quiesced(ticket: 1))
        play.pass(.response("r1", at: play.now), .nextRequested)
        play.on(.quiesced(ticket: 1))
        play.on(.timerFired(.freeze), "sample", "quiesce 2")
        play.on(.quiesced(ticket: 2), "freeze")
    }

    @Test func aBusyEnvironmentIsNotFrozen() {
        var play = Playbook.running()
        play.on(.timerFired(.freeze))
    }

    @Test func withoutExtensionsTheRuntimeIsKilledAtOnce() {
        var play = Playbook.idle()
        play.pass(.timerFired(.freeze), .quiesced(ticket: 1))
        play.on(.shutdown(.spindown), "shutdown spindown", "thaw", "cancel freeze", "kill")
        play.on(.runtimeExited(generation: 1, .signal(9)), "cancel exit", "ended")
    }

    @Test func withAGraceItIsAskedFirst() {
        var configuration = Playbook.configuration
        configuration.terminationGrace = EpochTime.Span(milliseconds: 300)
        var play = Playbook.idle(configuration)
        play.on(.shutdown(.spindown), "shutdown spindown", "cancel freeze", "terminate", "timer exit +300")
        play.on(.timerFired(.exit), "kill")
        play.on(.runtimeExited(generation: 1, .signal(9)), "cancel exit", "ended")
    }

    @Test func anEnvironmentWithoutAProcessEndsAtOnce() {
        var play = Playbook()
        play.on(.shutdown(.spindown), "ended")
        play.on(.shutdown(.spindown))
    }

    @Test func aShutdownCutsAnInvocationShort() {
        var play = Playbook.running()
        play.on(
            .shutdown(.spindown),
            "cancel invocation",
            "result r1 500 ServiceException",
            "runtimeDone failure Sandbox.Failure 0.00 0B",
            "log END",
            "log REPORT",
            "report failure Sandbox.Failure 0.00 billed=200 init=200.00",
            "answer r1 500 ServiceException",
            "shutdown spindown",
            "kill"
        )
        play.on(.runtimeExited(generation: 1, .signal(9)), "cancel exit", "ended")
    }

    @Test func aShutdownDuringInitRefusesWhoWaits() {
        var play = Playbook()
        play.pass(.invoke(.test("r1")))
        play.on(
            .shutdown(.spindown),
            "cancel initialization",
            "cancel exit",
            "answer r1 500 ServiceException",
            "shutdown spindown",
            "kill"
        )
    }

    @Test func aShutdownDuringAResetEndsIt() {
        var play = Playbook.running()
        play.pass(.timerFired(.invocation))
        play.on(.shutdown(.spindown))
        play.on(.runtimeExited(generation: 1, .signal(9)), "cancel exit", "ended")
    }
}
