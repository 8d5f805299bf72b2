package import Testing

/// Runs a suite while no other suite with this trait runs, whichever target it is in.
///
/// For suites that start processes or wait for real time: a few of them at once would take the machine from each other,
/// and their time limits would say more about the machine than about the code. A suite waits for its turn before its tests
/// begin, so that the wait does not count against their limits.
package struct ExclusiveTrait: SuiteTrait, TestScoping {
    package var isRecursive: Bool { false }

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        await Turn.shared.take()
        let result: Result<Void, any Error>
        do {
            result = .success(try await function())
        } catch {
            result = .failure(error)
        }
        await Turn.shared.give()
        try result.get()
    }
}

extension Trait where Self == ExclusiveTrait {
    package static var exclusive: Self { Self() }
}

/// Goes from one to the next in the order in which they asked.
private actor Turn {
    static let shared = Turn()

    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
        guard self.isTaken else {
            self.isTaken = true
            return
        }
        await withCheckedContinuation { self.waiting.append($0) }
    }

    func give() {
        guard !self.waiting.isEmpty else {
            self.isTaken = false
            return
        }
        self.waiting.removeFirst().resume()
    }
}
