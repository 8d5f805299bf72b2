/// Calls something once, when all of several have happened. Used on one loop.
package final class Countdown: @unchecked Sendable {
    // Unchecked: used on one loop only.
    private var left: Int
    private var then: (@Sendable () -> Void)?

    /// With a count of 0, `then` is called within the call.
    package init(_ count: Int, then: @escaping @Sendable () -> Void) {
        self.left = count
        self.then = then
        if count == 0 { self.finish() }
    }

    /// One more has happened.
    package func step() {
        self.left -= 1
        if self.left == 0 { self.finish() }
    }

    /// Does not wait for the others.
    package func finish() {
        let then = self.then
        self.then = nil
        then?()
    }
}
