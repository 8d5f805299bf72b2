import LmonModel
import LmonUI

/// Performs what `AgainMachine` says. Confined to the thread that folds.
final class AgainRunner {
    private let invoker: any Invoker
    private let inbox: Inbox
    private let mailbox: Mailbox
    private var machine: AgainMachine?
    private var turn = 0
    /// Watches are begun and ended in the order in which that was asked for.
    private var watching: Task<Void, Never>?

    init(invoker: any Invoker, inbox: Inbox, mailbox: Mailbox) {
        self.invoker = invoker
        self.inbox = inbox
        self.mailbox = mailbox
    }

    /// Begins with the event of an invocation, as it came; nil ends it.
    func begin(_ invocation: Invocation?) {
        self.turn += 1
        self.machine = nil
        self.watch(nil)
        guard let invocation else { return }
        let (invoker, inbox, mailbox, turn) = (self.invoker, self.inbox, self.mailbox, self.turn)
        mailbox.beginErrand()
        Task {
            defer { mailbox.endErrand() }
            switch await WholeEvent.of(invocation, invoker) {
            case .success(let event):
                let ready = AgainEvent.Kind.ready(invocation.id, function: invocation.function, event: event)
                inbox.push(.again(AgainEvent(turn: turn, kind: ready)))
            case .failure(let missing):
                mailbox.post(.again(.failed("its event is \(missing.flaw): R completes it first")))
            }
        }
    }

    private func watch(_ function: String?) {
        let (invoker, inbox, turn, before) = (self.invoker, self.inbox, self.turn, self.watching)
        self.watching = Task {
            await before?.value
            await invoker.watch(function) { inbox.push(.again(AgainEvent(turn: turn, kind: .saved($0)))) }
        }
    }

    func take(_ event: AgainEvent) {
        guard event.turn == self.turn else { return }
        switch event.kind {
        case .ready(let id, let function, let event):
            self.machine = AgainMachine(function: function, event: event, after: id)
            self.watch(function)
        case .saved(let files): self.perform(self.machine?.saved(files, at: .now))
        case .accepted(let requestID): self.machine?.accepted(requestID)
        case .ended(let refusal, let untold):
            if let refusal { self.mailbox.post(.notice(refusal, isFailure: true)) }
            self.perform(self.machine?.ended(untold: untold, at: .now))
        }
    }

    /// A record of this invocation was folded. Answers what is to be compared.
    func changed(_ id: InvocationID, of function: String, isInFlight: Bool) -> (InvocationID, InvocationID)? {
        let actions = self.machine?.changed(id, of: function, isInFlight: isInFlight, at: .now) ?? []
        self.perform(actions)
        for case .compare(let before, let after) in actions { return (before, after) }
        return nil
    }

    private func perform(_ actions: [AgainMachine.Action]?) {
        for action in actions ?? [] {
            switch action {
            case .run: self.run()
            case .show(let id): self.mailbox.post(.again(.started(id)))
            case .leaveOut(let files): self.sayLeftOut(files)
            case .compare: break
            }
        }
    }

    private func sayLeftOut(_ files: [String]) {
        guard let machine, let first = files.first else { return }
        let what = files.count == 1 ? first : "\(first) and \(files.count - 1) more"
        self.mailbox.post(.notice("\(machine.function) itself writes \(what): it does not run again for that"))
    }

    private func run() {
        guard let machine else { return }
        let (invoker, inbox, mailbox, turn) = (self.invoker, self.inbox, self.mailbox, self.turn)
        mailbox.beginErrand()
        Task {
            defer { mailbox.endErrand() }
            let refusal = await invoker.invoke(function: machine.function, event: machine.event) {
                inbox.push(.again(AgainEvent(turn: turn, kind: .accepted(requestID: $0))))
            }
            let untold = await invoker.unsettledCode()
            inbox.push(.again(AgainEvent(turn: turn, kind: .ended(refusal: refusal, untold: untold))))
        }
    }
}
