import LambdaWire
import LmonHTTP

/// A function whose code is looked at all the time, not only when it is invoked.
struct CodeLook {
    let function: String
    let changed: @Sendable () -> Void
    /// Tells a look from those that were begun for an earlier one.
    let number: Int
    var watch: CodeWatch
    /// Something was written a moment ago, and perhaps not all of it.
    var isUnsettled = false
}

extension Emulator {
    /// Between two looks, in microseconds: a save is seen within what nobody notices.
    private static let pause: Int64 = 15_000
    /// A file that is being written changes again within this.
    private static let settling: Int64 = 5_000

    /// Calls `changed`, on the loop, after each change of a function's code, once the files have come to rest; the next
    /// invocation runs what was saved. One function is watched at a time: nil, none.
    package func watchCode(of function: String?, changed: @escaping @Sendable () -> Void) {
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

    private func lookAgain(in microseconds: Int64, _ number: Int) {
        self.loop.schedule(after: .microseconds(microseconds)) {
            self.assumeIsolated { $0.lookAtCode(number) }
        }
    }

    private func lookAtCode(_ number: Int) {
        guard !self.isStopping, var look = self.codeLook, look.number == number else { return }
        let start = self.now()
        let hasChanged = look.watch.hasChanged()
        let cost = self.now().microseconds - start.microseconds
        let hasSettled = look.isUnsettled && !hasChanged
        look.isUnsettled = hasChanged
        self.codeLook = look
        if hasSettled {
            // Whatever was looked at before, the invocation that follows looks again.
            self.functions[look.function]?.nextLook = EpochTime(microseconds: 0)
            look.changed()
        }
        // A hundredth of the time at most is spent on looking.
        self.lookAgain(in: hasChanged ? max(Self.settling, 2 * cost) : max(Self.pause, 100 * cost), number)
    }
}
