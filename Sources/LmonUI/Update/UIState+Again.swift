import LmonModel

extension UIState {
    private mutating func say(_ text: String, isFailure: Bool = false) {
        self.notice = Notice(text: text, isFailure: isFailure)
    }

    /// The event of an invocation in the dialog, as it came where that is known.
    mutating func replayEdited() -> [UIEffect] {
        self.invocationToReplay().map { [.draft($0)] } ?? []
    }

    mutating func toggleAgain() -> [UIEffect] {
        if let again {
            self.again = nil
            self.differences = nil
            self.say("A save does not run \(again.function) again any more.")
            return [.again(nil)]
        }
        guard let id = self.detail?.id, !id.isInitialization, let function = self.selectedFunction else {
            self.say("Select an invocation to run again on each save.")
            return []
        }
        guard self.configuration.functions.contains(function) else {
            let isRunner = !self.configuration.functions.isEmpty
            self.say(isRunner ? "\(function) does not run here." : self.configuration.cannotInvoke)
            return []
        }
        self.again = Again(function: function)
        self.say("Each save runs \(function) again with this event; a ends it.")
        return [.again(id)]
    }

    mutating func receive(_ news: AgainNews) -> [UIEffect] {
        guard self.again != nil else { return [] }
        switch news {
        case .started(let id):
            // What was said when it began has been read; what is wrong now is to be seen.
            if self.notice?.isFailure == false { self.notice = nil }
            // Who follows sees it anyway.
            guard self.view == .invocations, !self.list.isFollowing, self.overlay == nil else { return [] }
            return [.find(.invocations, .row(.list(.invocation(id))), from: -1, forward: true)]
        case .compared(let comparison): self.differences = comparison
        case .failed(let reason):
            self.again = nil
            self.say(reason, isFailure: true)
        }
        return []
    }

    /// What is shown of the differences: those of the open invocation.
    var shownDifferences: Comparison? {
        guard let differences, differences.after.id == self.detail?.id else { return nil }
        return differences
    }
}
