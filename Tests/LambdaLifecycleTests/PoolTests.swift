import LambdaLifecycle
import LambdaWire
import Testing

@Suite struct PoolTests {
    private let now = EpochTime(microseconds: 0)

    private func pool(_ concurrency: Int, queue: Int = 10, idle: Int? = nil) -> PoolMachine {
        var configuration = PoolMachine.Configuration(
            concurrency: concurrency,
            idleLimit: idle.map(EpochTime.Span.init(milliseconds:))
        )
        configuration.queueLimit = queue
        return PoolMachine(configuration)
    }

    @Test func anInvocationOpensAnEnvironmentAndIsBoundToIt() {
        var pool = self.pool(2)
        #expect(pool.submit(.test("a"), at: self.now) == [.open(environment: 1), .invoke(.test("a"), environment: 1)])
        #expect(pool.submit(.test("b"), at: self.now) == [.open(environment: 2), .invoke(.test("b"), environment: 2)])
    }

    @Test func theEnvironmentUsedLastIsUsedFirst() {
        var pool = self.pool(2)
        _ = pool.submit(.test("a"), at: self.now)
        _ = pool.submit(.test("b"), at: self.now)
        #expect(pool.available(2, at: self.now).isEmpty)
        #expect(pool.available(1, at: self.now).isEmpty)
        #expect(pool.submit(.test("c"), at: self.now) == [.invoke(.test("c"), environment: 1)])
        #expect(pool.submit(.test("d"), at: self.now) == [.invoke(.test("d"), environment: 2)])
    }

    @Test func beyondTheLimitInvocationsWaitInOrderAndThenAreThrottled() {
        var pool = self.pool(1, queue: 2)
        _ = pool.submit(.test("a"), at: self.now)
        #expect(pool.submit(.test("b"), at: self.now).isEmpty)
        #expect(pool.submit(.test("c"), at: self.now).isEmpty)
        #expect(
            pool.submit(.test("d"), at: self.now) == [.answer(requestID: "d", .refused(.tooManyRequests))]
        )
        #expect(pool.available(1, at: self.now) == [.invoke(.test("b"), environment: 1)])
        #expect(pool.available(1, at: self.now) == [.invoke(.test("c"), environment: 1)])
        #expect(pool.available(1, at: self.now).isEmpty)
        #expect(pool.queued == 0)
    }

    @Test func whatWaitsGetsTheRoomOfAnEnvironmentThatEnds() {
        var pool = self.pool(1)
        _ = pool.submit(.test("a"), at: self.now)
        _ = pool.submit(.test("b"), at: self.now)
        #expect(pool.ended(1, at: self.now) == [.open(environment: 2), .invoke(.test("b"), environment: 2)])
    }

    @Test func idleEnvironmentsAreReaped() {
        var pool = self.pool(2, idle: 1000)
        _ = pool.submit(.test("a"), at: self.now)
        #expect(pool.available(1, at: self.now) == [.reap(at: self.now.adding(milliseconds: 1000))])
        _ = pool.submit(.test("b"), at: self.now)
        #expect(pool.available(1, at: self.now.adding(milliseconds: 500)).isEmpty)
        #expect(
            pool.reap(at: self.now.adding(milliseconds: 1000)) == [.reap(at: self.now.adding(milliseconds: 1500))]
        )
        #expect(pool.reap(at: self.now.adding(milliseconds: 1500)) == [.shutdown(environment: 1, .spindown)])
        #expect(
            pool.submit(.test("c"), at: self.now) == [.open(environment: 2), .invoke(.test("c"), environment: 2)]
        )
    }

    @Test func changedCodeEndsIdleEnvironmentsNowAndBusyOnesLater() {
        var pool = self.pool(3)
        _ = pool.submit(.test("a"), at: self.now)
        _ = pool.submit(.test("b"), at: self.now)
        _ = pool.available(1, at: self.now)
        #expect(pool.retireAll() == [.shutdown(environment: 1, .spindown)])
        #expect(
            pool.submit(.test("c"), at: self.now) == [.open(environment: 3), .invoke(.test("c"), environment: 3)]
        )
        #expect(pool.available(2, at: self.now) == [.shutdown(environment: 2, .spindown)])
    }

    @Test func aFailedAsynchronousInvocationIsTriedThreeTimes() {
        let pool = self.pool(1)
        let error = Outcome.functionError(body: [], contentType: "application/json")
        var invocation = Invocation.test("a", asynchronous: true)
        for (attempt, delay) in [(2, 60_000), (3, 120_000)] {
            let next = invocation.repeated(attempt: attempt, invocationID: invocation.invocationID)
            #expect(
                pool.finished(invocation, error, at: self.now)
                    == [.retry(next, at: self.now.adding(milliseconds: delay))]
            )
            invocation = next
        }
        #expect(pool.finished(invocation, error, at: self.now).isEmpty)
        #expect(pool.finished(.test("b"), error, at: self.now).isEmpty)
        #expect(
            pool.finished(.test("c", asynchronous: true), .success(body: [], contentType: ""), at: self.now).isEmpty
        )
    }

    @Test func stoppingRefusesWhatWaits() {
        var pool = self.pool(1)
        _ = pool.submit(.test("a"), at: self.now)
        _ = pool.submit(.test("b"), at: self.now)
        let refused = Outcome.refused(.service("The emulator is stopping."))
        #expect(
            pool.stop() == [.answer(requestID: "b", refused), .shutdown(environment: 1, .spindown)]
        )
        #expect(pool.ended(1, at: self.now).isEmpty)
        #expect(pool.submit(.test("c"), at: self.now) == [.answer(requestID: "c", refused)])
    }

    @Test func whoeverInvokesOnTheAnswerWaitsForThatEnvironment() {
        var pool = self.pool(5)
        _ = pool.submit(.test("a"), at: self.now)
        pool.responded(1, at: self.now)
        let grace = self.now.adding(milliseconds: 25)
        #expect(pool.submit(.test("b"), at: self.now) == [.reconsider(at: grace)])
        // One is free soon, not two.
        #expect(pool.submit(.test("c"), at: self.now) == [.open(environment: 2), .invoke(.test("c"), environment: 2)])
        #expect(pool.available(1, at: self.now) == [.invoke(.test("b"), environment: 1)])
        #expect(pool.reconsider(at: grace).isEmpty)
    }

    @Test func ifThatTakesTooLongAnEnvironmentIsOpened() {
        var pool = self.pool(5)
        _ = pool.submit(.test("a"), at: self.now)
        pool.responded(1, at: self.now)
        _ = pool.submit(.test("b"), at: self.now.adding(milliseconds: 10))
        #expect(pool.reconsider(at: self.now.adding(milliseconds: 24)).isEmpty)
        #expect(
            pool.reconsider(at: self.now.adding(milliseconds: 25))
                == [.open(environment: 2), .invoke(.test("b"), environment: 2)]
        )
        #expect(
            pool.submit(.test("c"), at: self.now.adding(milliseconds: 26))
                == [.open(environment: 3), .invoke(.test("c"), environment: 3)]
        )
    }
}
