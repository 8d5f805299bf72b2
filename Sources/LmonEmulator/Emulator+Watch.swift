import LambdaWire
import LmonHTTP

/// A function whose code is looked at all the time, not only when it is invoked.
struct CodeLook {
    let function: String
    let changed: @Sendable (Set<String>) -> Void
    /// Tells a look from those that were begun for an earlier one.
    let number: Int
    var watch: CodeWatch
    /// What was written a moment ago, and perhaps not all of it.
    var unsettled: Set<String> = []

    /// Whether this is an event to choose from, and no code: `events/order.json`.
    static func isEvent(_ file: String) -> Bool {
        file.hasPrefix("events/") && file.hasSuffix(".json") && !file.dropFirst(7).contains("/")
    }
}

extension Emulator {
    /// Between two looks, in microseconds: a save is seen within what nobody notices.
    private static let pause: Int64 = 10_000
    /// A file that is being written changes again within this.
    private static let settling: Int64 = 5_000

    /// Calls `changed`, on the loop, after each change of a function's code, once the files have come to rest, with their
    /// paths in its folder; the next invocation runs what was saved. Events that lie there are no code. One function is
    /// watched at a time: nil, none.
    package func watchCode(of function: String?, changed: @escaping @Sendable (Set<String>) -> Void) {
        self.codeLooks += 1
        guard let function, let slot = self.functions[function] else {
            self.codeLook = nil
            return
        }
        self.codeLook = CodeLook(
            function: function,
            changed: changed,
            number: self.codeLooks,
            watch: CodeWatch(slot.function.codeFolder)
        )
        self.lookAgain(in: Self.pause, self.codeLooks)
    }

    /// Looks at once: what of the watched code was written until now, and is told when it has come to rest.
    package func unsettledCode() -> Set<String> {
        guard var look = self.codeLook else { return [] }
        look.unsettled.formUnion(look.watch.changes())
        self.codeLook = look
        return look.unsettled
    }

    private func lookAgain(in microseconds: Int64, _ number: Int) {
        self.loop.schedule(after: .microseconds(microseconds)) {
            self.assumeIsolated { $0.lookAtCode(number) }
        }
    }

    private func lookAtCode(_ number: Int) {
        guard !self.isStopping, var look = self.codeLook, look.number == number else { return }
        let start = self.now()
        let changes = look.watch.changes()
        let cost = self.now().microseconds - start.microseconds
        let settled: Set<String> = changes.isEmpty ? look.unsettled.filter { !CodeLook.isEvent($0) } : []
        look.unsettled = changes.isEmpty ? [] : look.unsettled.union(changes)
        self.codeLook = look
        if !settled.isEmpty {
            // Whatever was looked at before, the invocation that follows looks again.
            self.functions[look.function]?.nextLook = EpochTime(microseconds: 0)
            look.changed(settled)
        }
        // A hundredth of the time at most is spent on looking.
        self.lookAgain(in: !changes.isEmpty ? max(Self.settling, 2 * cost) : max(Self.pause, 100 * cost), number)
    }
}
