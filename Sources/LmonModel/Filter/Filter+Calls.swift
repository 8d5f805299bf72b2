extension Filter {
    /// The calls of an invocation that are not meant, by their ids: none if all of them match, or none does, as where
    /// nothing is asked of calls.
    package func callsLeftOut(of invocation: Invocation) -> Set<String> {
        var others: Set<String> = []
        for call in invocation.calls where !self.matches(call, function: invocation.function, in: invocation) {
            others.insert(call.id)
        }
        return others.count < invocation.calls.count ? others : []
    }
}
