/// One invocation as a view shows it: what is known, on an axis, with what could be better.
package struct InvocationDetail: Hashable, Sendable, Identifiable {
    package let invocation: Invocation
    package let waterfall: Waterfall
    package let hints: [Hint]
    /// When its environment stood still since it began, in milliseconds from that: where a call of it went on.
    package let freezes: [ClosedRange<Double>]

    package init(
        invocation: Invocation,
        waterfall: Waterfall,
        hints: [Hint] = [],
        freezes: [ClosedRange<Double>] = []
    ) {
        self.freezes = freezes
        self.invocation = invocation
        self.waterfall = waterfall
        self.hints = hints
    }

    package var id: InvocationID { self.invocation.id }
}
