import Dispatch
import LmonAgent
import LmonModel
import LmonRecord
import LmonStore
import LmonUI

extension ViewFold {
    func export(_ format: ExportFormat, _ scope: ExportScope) {
        do {
            switch scope {
            case .shown:
                let count = self.shownRows
                let time = SystemClock.now().description.prefix(19).replacing(":", with: "-")
                self.exporting = try ExportErrand(format, name: String(time), count: count)
            case .invocation(let id): try self.export(format, id, call: nil)
            case .call(let id, let call): try self.export(format, id, call: call)
            }
        } catch {
            self.fail(error)
        }
    }

    private func export(_ format: ExportFormat, _ id: InvocationID, call: String?) throws {
        guard let invocation = self.known(id) else {
            return self.say("The details of this invocation are not kept any more.", isFailure: true)
        }
        var errand = try ExportErrand(format, name: id.fileName(invocation.function), count: 1)
        if let call {
            if let call = invocation.call(call) { try errand.add(call, of: invocation) }
        } else {
            try errand.step { _ in invocation }
        }
        self.say(try errand.finish())
    }

    /// Goes on with an export of what is shown, for a moment: what is asked for comes first.
    func goOnExporting() {
        guard var errand = self.exporting else { return }
        let end = DispatchTime.now() + .milliseconds(10)
        do {
            while !errand.isDone, DispatchTime.now() < end {
                try errand.step { self.shownInvocation(at: $0) }
                if let progress = errand.progress { self.say(progress) }
            }
            self.exporting = errand.isDone ? nil : errand
            if errand.isDone { self.say(try errand.finish()) }
        } catch {
            self.exporting = nil
            self.fail(error)
        }
    }

    private func fail(_ error: any Error) {
        self.say((error as? Failure)?.message ?? "\(error)", isFailure: true)
    }

    // MARK: - Comments

    /// With the session's file where there is one, so that `lmon @last` shows it again.
    func keep(_ text: String?, on id: InvocationID) {
        guard let path = self.sessionPath else {
            return self.say("Kept while lmon runs: this source has no session file.")
        }
        do {
            try SessionNotes.keep(text, on: .init(id), at: path)
        } catch {
            self.say("\(error)", isFailure: true)
        }
    }

    func tellComments() {
        guard let path = self.sessionPath, let notes = try? SessionNotes.all(at: path), !notes.isEmpty else { return }
        let pairs = notes.map { (InvocationID($0.key), $0.value) }
        self.tell(.comments(Dictionary(pairs, uniquingKeysWith: { first, _ in first })))
    }
}

extension SessionNotes.Subject {
    fileprivate init(_ id: InvocationID) {
        self.init(environment: id.environment, request: id.requestID ?? "", attempt: id.attempt)
    }
}

extension InvocationID {
    fileprivate init(_ subject: SessionNotes.Subject) {
        let request = subject.request.isEmpty ? nil : subject.request
        self.init(environment: subject.environment, requestID: request, attempt: subject.attempt)
    }
}
