import LmonModel
import LmonUI

/// Performs what `AgainMachine` says. Confined to the thread that folds.
final class AgainRunner {
    private let invoker: any Invoker
    private let inbox: Inbox
    private let mailbox: Mailbox
    private var machine: AgainMachine?
    /// What was asked for; the answer to an earlier wish is not waited for any more.
    private var wanted: InvocationID?

    init(invoker: any Invoker, inbox: Inbox, mailbox: Mailbox) {
        self.invoker = invoker
        self.inbox = inbox
        self.mailbox = mailbox
    }

    /// Begins with the event of an invocation, as it came; nil ends it.
    func begin(_ id: InvocationID?, _ invocation: Invocation?) {
        self.wanted = id
        self.machine = nil
        let (invoker, inbox, mailbox) = (self.invoker, self.inbox, self.mailbox)
        guard let id, let invocation else {
            Task { await invoker.watch(nil) {} }
            return
        }
        mailbox.beginErrand()
        Task {
            defer { mailbox.endErrand() }
            switch await WholeEvent.of(invocation, invoker) {
            case .success(let event): inbox.push(.again(.ready(id, function: invocation.function, event: event)))
            case .failure(let missing):
                mailbox.post(.again(.failed("its event is \(missing.flaw): R completes it first")))
            }
        }
    }

    func take(_ event: AgainEvent) {
        switch event {
        case .ready(let id, let function, let event):
            guard self.wanted == id else { return }
            self.machine = AgainMachine(function: function, event: event, after: id)
            let (invoker, inbox) = (self.invoker, self.inbox)
            Task { await invoker.watch(function) { inbox.push(.again(.saved)) } }
        case .saved: self.perform(self.machine?.saved())
        case .accepted(let requestID): self.machine?.accepted(requestID)
        case .ended(let refusal):
            if let refusal { self.mailbox.post(.notice(refusal, isFailure: true)) }
            self.perform(self.machine?.ended())
        }
    }

    /// A record of this invocation was folded. Answers what is to be compared.
    func changed(_ id: InvocationID, isInFlight: Bool) -> (InvocationID, InvocationID)? {
        let actions = self.machine?.changed(id, isInFlight: isInFlight) ?? []
        self.perform(actions)
        for case .compare(let before, let after) in actions { return (before, after) }
        return nil
    }

    private func perform(_ actions: [AgainMachine.Action]?) {
        for action in actions ?? [] {
            switch action {
            case .run: self.run()
            case .show(let id): self.mailbox.post(.again(.started(id)))
            case .compare: break
            }
        }
    }

    private func run() {
        guard let machine else { return }
        let (invoker, inbox, mailbox) = (self.invoker, self.inbox, self.mailbox)
        mailbox.beginErrand()
        Task {
            defer { mailbox.endErrand() }
            let refusal = await invoker.invoke(function: machine.function, event: machine.event) {
                inbox.push(.again(.accepted(requestID: $0)))
            }
            inbox.push(.again(.ended(refusal: refusal)))
        }
    }
}
