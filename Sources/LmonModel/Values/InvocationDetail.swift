/// One invocation as a view shows it: what is known, on an axis, with what could be better.
package struct InvocationDetail: Hashable, Sendable, Identifiable {
    package let invocation: Invocation
    package let waterfall: Waterfall
    package let hints: [Hint]

    package init(invocation: Invocation, waterfall: Waterfall, hints: [Hint] = []) {
        self.invocation = invocation
        self.waterfall = waterfall
        self.hints = hints
    }

    package var id: InvocationID { self.invocation.id }
}
