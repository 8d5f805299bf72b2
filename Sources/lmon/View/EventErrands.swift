import LmonModel
import LmonUI

/// What `i`, `r` and `R` want done outside: each is answered in the mailbox, some time later.
struct EventErrands {
    let invoker: any Invoker
    let mailbox: Mailbox

    func invoke(_ function: String, _ event: [UInt8]) {
        self.run { invoker, mailbox in
            guard let refusal = await invoker.invoke(function: function, event: event) else { return }
            mailbox.post(.notice(refusal, isFailure: true))
        }
    }

    /// The same event again; what is not known whole is shown first.
    func replay(_ invocation: Invocation) {
        self.run { invoker, mailbox in
            switch await WholeEvent.of(invocation, invoker) {
            case .success(let event):
                guard let refusal = await invoker.invoke(function: invocation.function, event: event) else { return }
                mailbox.post(.notice(refusal, isFailure: true))
            case .failure(let missing): mailbox.post(.drafted(Self.draft(invocation, missing)))
            }
        }
    }

    func draft(_ invocation: Invocation) {
        self.run { invoker, mailbox in
            switch await WholeEvent.of(invocation, invoker) {
            case .success(let event):
                let choice = EventChoice(.invocation(invocation.id), String(decoding: event, as: UTF8.self))
                mailbox.post(.drafted(EventDraft(function: invocation.function, choice: choice)))
            case .failure(let missing): mailbox.post(.drafted(Self.draft(invocation, missing)))
            }
        }
    }

    private static func draft(_ invocation: Invocation, _ missing: WholeEvent.Missing) -> EventDraft {
        let choice = EventChoice(.invocation(invocation.id), missing.text ?? "{}", flaw: missing.flaw)
        return EventDraft(function: invocation.function, choice: choice)
    }

    func loadEvents(of function: String) {
        self.run { invoker, mailbox in
            let samples = Sample.allCases.map { EventChoice(.sample($0.rawValue), $0.event) }
            mailbox.post(.events(function: function, invoker.events(for: function) + samples))
        }
    }

    private func run(_ errand: @escaping @Sendable (any Invoker, Mailbox) async -> Void) {
        let (invoker, mailbox) = (self.invoker, self.mailbox)
        mailbox.beginErrand()
        Task {
            defer { mailbox.endErrand() }
            await errand(invoker, mailbox)
        }
    }
}
