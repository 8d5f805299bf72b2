import LmonModel
import LmonRecord
import LmonStore
import LmonUI

/// What is asked of rows, calls and log lines, wherever they lie.
struct Predicate: Hashable, Sendable {
    enum Question: Hashable, Sendable {
        case filter(Filter)
        case search(Search)
        case failed
    }

    var question: Question?
    var since: Timestamp?
    var marked: Set<RowID>?
    /// Of log lines alone.
    var logs = LogSight()

    /// What a summary and facts say; nil if only the records tell.
    func verdict(_ row: ArchivedRow) -> Bool? {
        if let since, row.row.time < since { return false }
        if let marked, !marked.contains(row.row.id) { return false }
        switch (self.question, row.row) {
        case (nil, _): return true
        case (.filter(let filter), .invocation(let summary)): return filter.matches(summary, row.facts)
        case (.filter(let filter), .lifecycle(let event)):
            return row.facts.calls.isEmpty && row.facts.logs == 0 ? filter.matches(event) : nil
        case (.search(let search), .invocation): return search.matches(row.row) ? true : nil
        case (.search(let search), .lifecycle): return search.matches(row.row)
        case (.failed, _): return row.row.isFailed
        }
    }

    /// What all that is known says of a row that `verdict` left open.
    func verdict(_ row: ListRow, _ invocation: Invocation) -> Bool {
        switch (self.question, row) {
        case (.filter(let filter), .invocation): filter.matches(invocation)
        case (.filter(let filter), .lifecycle(let event)): filter.matches(event, detail: invocation)
        case (.search(let search), _): search.matches(invocation)
        case (.failed, _): row.isFailed
        case (nil, _): true
        }
    }

    func matches(_ row: CallRow, in invocation: Invocation?) -> Bool {
        if let since, let start = row.call.start, start < since { return false }
        switch self.question {
        case .filter(let filter): return filter.matches(row.call, function: row.function, in: invocation)
        case .search(let search): return search.matches(row)
        case .failed: return row.call.isFailed
        case nil: return true
        }
    }

    func matches(_ row: LogRow, in invocation: Invocation?) -> Bool {
        guard self.logs.shows(row) else { return false }
        if let since, row.line.time < since { return false }
        switch self.question {
        case .filter(let filter):
            return filter.matches(row.line, id: row.id.invocation, function: row.function, in: invocation)
        case .search(let search): return search.matches(row)
        case .failed: return (row.line.level ?? .info) >= .error
        case nil: return true
        }
    }

    /// Nil if any line might tell of a match.
    var prefilter: Prefilter? {
        switch self.question {
        case .filter(let filter): filter.prefilter
        case .search(let search): search.prefilter
        case .failed, nil: nil
        }
    }

    /// The request id that every match has.
    var requestID: String? {
        guard case .filter(let filter) = self.question else { return nil }
        return filter.requestID
    }

    /// A call or line that matches makes its invocation match, and one record that matches is enough.
    var isMonotone: Bool {
        switch self.question {
        case .filter(let filter): filter.isMonotone
        case .search: true
        case .failed, nil: false
        }
    }

    /// An invocation matches if and only if its summary or one of its records does.
    var isDecidedByOneRecord: Bool {
        guard case .filter(let filter) = self.question else { return false }
        return filter.isDecidedByOneRecord
    }

    /// What one record adds to that.
    func isFound(in record: Record) -> Bool {
        guard case .filter(let filter) = self.question else { return false }
        return filter.isFound(in: record)
    }

    /// A log line alone tells if it matches.
    var isToldByLine: Bool {
        guard case .filter(let filter) = self.question else { return true }
        return filter.isToldByLine
    }

    /// Whether rows of the list of invocations are asked anything.
    var asksRows: Bool { self.question != nil || self.since != nil || self.marked != nil }

    /// Whether calls, or log lines, are.
    func asks(_ items: SessionItems) -> Bool {
        self.question != nil || self.since != nil || (items == .logs && !self.logs.showsAll)
    }
}
