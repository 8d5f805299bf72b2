import LmonUI

/// Whether the view rests: nothing was asked for that has not come, nothing runs, the source is quiet or at its end.
struct ViewRest: Sendable {
    let inbox: Inbox
    let mailbox: Mailbox
    /// Until such a source has ended, more is on its way.
    let endsByItself: Bool

    /// Asked by the thread that owns the view, which is the only one to ask for anything.
    ///
    /// What is asked for lies in the inbox until the thread that folds has answered; the answer, and what takes longer,
    /// in the mailbox, from where it may lead back to the inbox. So both are still only if the mailbox did not change
    /// while the inbox was looked at.
    var state: ScriptPlayer.Rest {
        let before = self.mailbox.activity
        guard !before.isWaiting, before.errands == 0, self.inbox.rests, self.mailbox.activity == before else {
            return .busy
        }
        if before.hasEnded { return .ended }
        return self.endsByItself || before.isInFlight ? .busy : .quiet
    }
}
