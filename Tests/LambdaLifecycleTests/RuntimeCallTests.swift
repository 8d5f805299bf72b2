import LambdaLifecycle
import LambdaWire
import Testing

/// Which call is legal when: the reference's table, row by row.
@Suite struct RuntimeCallTests {
    @Test func started() {
        var play = Playbook()
        play.pass(.warm)
        play.on(.response("r1", at: play.now), "400 InvalidRequestID")
        play.on(.error("r1", "{}"), "400 InvalidRequestID")
        play.on(.initError(nil, "{}"), "202", "timer exit +500")
    }

    @Test func initError() {
        var play = Playbook()
        play.pass(.warm, .initError(nil, "{}"))
        play.on(.nextRequested, "403 InvalidStateTransition")
        play.on(.response("r1", at: play.now), "400 InvalidRequestID")
        play.on(.initError(nil, "{}"), "403 InvalidStateTransition")
    }

    @Test func ready() {
        var play = Playbook.idle()
        play.on(.nextRequested, "hold")
        play.on(.response("r1", at: play.now), "400 InvalidRequestID")
        play.on(.initError(nil, "{}"), "403 InvalidStateTransition")
    }

    @Test func running() {
        var play = Playbook.running()
        play.after(100)
        play.on(.nextRequested, "hold", "deliver r1 +2900")
        play.on(.initError(nil, "{}"), "403 InvalidStateTransition")
        play.on(.response("r0", at: play.now), "400 InvalidRequestID")
        play.on(.response("", at: play.now), "400 InvalidRequestID")
        play.on(.response("r1", at: play.now), "answer r1 ok 1", "202", "result r1 ok 1")
    }

    @Test func responseSent() {
        var play = Playbook.running()
        play.pass(.response("r1", at: play.now))
        play.on(.response("r1", at: play.now), "403 InvalidStateTransition")
        play.on(.error("r1", "{}"), "403 InvalidStateTransition")
        play.on(.response("r0", at: play.now), "400 InvalidRequestID")
        play.on(.initError(nil, "{}"), "403 InvalidStateTransition")
        play.pass(.nextRequested)
        play.on(.response("r1", at: play.now), "400 InvalidRequestID")
    }

    @Test func aSecondResponseNamesBothStates() throws {
        var play = Playbook.running()
        play.pass(.response("r1", at: play.now))
        var machine = play.machine
        let actions = machine.handle(.response("r1", at: play.now), at: play.now)
        let error = RuntimeAPIError.invalidStateTransition(from: .responseSent, to: .invocationResponse)
        #expect(actions == [.refuse(error)])
        #expect(error.errorMessage.contains("from RuntimeResponseSentState to InvocationResponse"))
    }

    @Test func theAttemptMustBeTheCurrentOneIfNamed() {
        var play = Playbook.running()
        play.on(.response("r1", at: play.now, nonce: "attempt-r0"), "410 InvokeTimeout")
        play.on(.response("r1", at: play.now, nonce: "attempt-r1"), "answer r1 ok 1", "202", "result r1 ok 1")
    }

    @Test func aResponseThatIsTooLargeFailsTheInvocationNotTheRuntime() {
        var play = Playbook.running()
        let payload =
            #"{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}"#
        play.on(
            .responsePosted(requestID: "r1", invocationID: nil, .init(content: .tooLarge, startedAt: play.now)),
            "answer r1 error \(payload)",
            "413 RequestEntityTooLarge",
            "result r1 error \(payload)"
        )
        #expect(play.machine.runtimeState == .responseSent)
    }

    @Test func aStreamThatIsCutOffFailsTheInvocation() {
        var play = Playbook.running()
        let payload =
            #"{"errorType":"Runtime.TruncatedResponse","errorMessage":"RequestId: r1 Error: HTTP request detected as truncated"}"#
        play.on(
            .responsePosted(requestID: "r1", invocationID: nil, .init(content: .truncated, startedAt: play.now)),
            "answer r1 error \(payload)",
            "400 TruncatedHTTPRequest",
            "result r1 error \(payload)"
        )
    }

    @Test func onlyStreamingIsAModeThatCanBeNamed() {
        var play = Playbook.running()
        var response = EnvironmentEvent.Response(content: .complete([]), startedAt: play.now)
        response.mode = "buffered"
        let payload =
            #"{"errorType":"Runtime.InvalidResponseModeHeader","errorMessage":"RequestId: r1 Error: Invalid function response mode"}"#
        play.on(
            .responsePosted(requestID: "r1", invocationID: nil, response),
            "answer r1 error \(payload)",
            "400 InvalidFunctionResponseMode",
            "result r1 error \(payload)"
        )
    }

    @Test func aStreamCanEndWithAnError() {
        var play = Playbook.running()
        var response = EnvironmentEvent.Response(content: .complete(Array("part".utf8)), startedAt: play.now)
        response.mode = "streaming"
        response.trailingError = Array("{}".utf8)
        play.on(
            .responsePosted(requestID: "r1", invocationID: nil, response),
            "answer r1 error {}",
            "202",
            "result r1 error {}"
        )
    }
}
