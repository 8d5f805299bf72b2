import LmonModel
import LmonRecord
import LmonStore
import LmonUI

/// What one thread of a sweep does with a portion.
struct SweepWorker {
    struct Row: Sendable {
        let position: Int
        let request: Int64?
    }

    struct Result: Sendable {
        /// What matches.
        var rows: [Row] = []
        var calls: [Int] = []
        var logs: [Int] = []
        var loose: [InvocationID] = []
        /// Rows that only their records decide.
        var open: [OpenRows.Row] = []
        /// Open rows that need no further look.
        var decided: [Int] = []
        /// Numbers of requests whose rows were asked.
        var asked: [Int] = []
        var order: SortedRows?
    }

    private let predicate: Predicate
    private let prefilter: Prefilter?
    private let isMonotone: Bool
    private let isDecidedByOne: Bool
    private let reading: SessionReading
    private var invocations = StoredInvocations(capacity: 512)

    init(_ predicate: Predicate, _ reading: SessionReading) {
        self.predicate = predicate
        self.prefilter = predicate.prefilter
        self.isMonotone = predicate.isMonotone
        self.isDecidedByOne = predicate.isDecidedByOneRecord
        self.reading = reading
    }

    /// `open` gives the open rows of a request, by its number.
    mutating func perform(
        _ portion: SweepPlan.Portion,
        open: (Int64) -> OpenRows.Found
    ) throws(StoreError) -> Result {
        var worker = self
        defer { self = worker }
        return try self.reading.together { () throws(StoreError) in
            var result = Result()
            try worker.perform(portion, open, &result)
            return result
        }
    }

    private mutating func perform(
        _ portion: SweepPlan.Portion,
        _ open: (Int64) -> OpenRows.Found,
        _ result: inout Result
    ) throws(StoreError) {
        switch portion {
        case .order(let order): result.order = try self.reading.sorted(by: order)
        case .request(let name):
            for position in try self.reading.positions(requestID: name) {
                for row in try self.reading.archivedRows(in: position..<position + 1) {
                    try self.ask(row, folds: true, &result)
                }
            }
        case .rows(let range, let folds):
            for row in try self.reading.archivedRows(in: range) { try self.ask(row, folds: folds, &result) }
        case .loose(let ids):
            for id in ids {
                guard let invocation = try self.fold(id, nil) else { continue }
                if self.predicate.verdict(.invocation(InvocationSummary(invocation)), invocation) {
                    result.loose.append(id)
                }
            }
        case .lines(let range): try self.read(range, open, &result)
        case .open(let positions):
            for position in positions { try self.decide(position, nil, &result) }
        case .itemsOf(let items, let requestID):
            for position in try self.reading.positions(of: items, requestID: requestID).reversed() {
                try self.ask(items, position..<position + 1, nil, &result)
            }
        case .items(let items, let range, let requests): try self.ask(items, range, requests, &result)
        }
    }

    // MARK: Rows

    private func ask(_ row: StoredRow, folds: Bool, _ result: inout Result) throws(StoreError) {
        if let request = row.request { result.asked.append(Int(request)) }
        var verdict = self.predicate.verdict(row.row)
        if verdict == nil, folds { verdict = try self.foldedVerdict(row.row.row) }
        switch verdict {
        case true: result.rows.append(Row(position: row.position, request: row.request))
        case false: break
        case nil: result.open.append(OpenRows.Row(row))
        }
    }

    private func foldedVerdict(_ row: ListRow) throws(StoreError) -> Bool {
        guard let id = row.detailID else { return false }
        var summary: InvocationSummary?
        if case .invocation(let known) = row { summary = known }
        guard let invocation = try self.fold(id, summary) else { return false }
        return self.predicate.verdict(row, invocation)
    }

    private func fold(_ id: InvocationID, _ summary: InvocationSummary?) throws(StoreError) -> Invocation? {
        let records = try self.reading.records(of: id).filter { $0.environment == id.environment }
        return Invocation.fold(id, from: records, summary: summary)
    }

    /// The lines of a range that may tell of a match, and the rows that they belong to.
    private func read(
        _ range: Range<Int64>,
        _ open: (Int64) -> OpenRows.Found,
        _ result: inout Result
    ) throws(StoreError) {
        guard let prefilter else { return }
        var matched: Set<Int64> = []
        var seen: Set<Int64> = []
        var hints: [(request: Int64, record: Record)] = []
        var rows: [Row] = []
        try self.reading.scan(range, for: prefilter) { request, line in
            guard !matched.contains(request), let record = try? Record(line: Array(line)) else { return }
            if self.isDecidedByOne, case .single(let row) = open(request) {
                guard row.environment == OpenRows.hash(record.environment), self.predicate.isFound(in: record) else {
                    return
                }
                matched.insert(request)
                rows.append(Row(position: row.position, request: request))
            } else if seen.insert(request).inserted {
                hints.append((request, record))
            }
        }
        result.rows += rows
        result.decided += rows.map(\.position)
        for hint in hints {
            switch open(hint.request) {
            case .none: break
            case .single(let row):
                if !self.isDecidedByOne { try self.decide(row.position, hint.record, &result) }
            case .several:
                for position in try self.reading.positions(request: hint.request) {
                    try self.decide(position, nil, &result)
                }
            }
        }
    }

    /// Decides an open row; one record may be enough.
    private func decide(_ position: Int, _ hint: Record?, _ result: inout Result) throws(StoreError) {
        result.decided.append(position)
        guard let stored = try self.reading.archivedRows(in: position..<position + 1).first,
            let id = stored.row.row.detailID
        else { return }
        var matches = false
        if self.isMonotone, let hint, id.attempt == 1, let part = Invocation.fold(id, from: CollectionOfOne(hint)) {
            matches = self.predicate.verdict(stored.row.row, part)
        }
        if !matches { matches = try self.foldedVerdict(stored.row.row) }
        if matches { result.rows.append(Row(position: position, request: stored.request)) }
    }

    // MARK: Calls and lines

    private mutating func ask(
        _ items: SessionItems,
        _ range: Range<Int>,
        _ requests: SweepPlan.ItemRequests?,
        _ result: inout Result
    ) throws(StoreError) {
        var due = [range]
        if let requests {
            due = try self.reading.requests(of: items, in: range).filter { requests.needsLook($0.request) }
                .map { $0.position..<$0.position + 1 }
        }
        for range in due {
            for (offset, stored) in try self.reading.records(of: items, in: range).enumerated().reversed() {
                guard try self.matches(items, stored.record) else { continue }
                switch items {
                case .calls: result.calls.append(range.lowerBound + offset)
                case .logs: result.logs.append(range.lowerBound + offset)
                }
            }
        }
    }

    private mutating func matches(_ items: SessionItems, _ record: Record) throws(StoreError) -> Bool {
        try self.invocations.matches(items, record, self.predicate, self.reading)
    }
}

extension StoredInvocations {
    /// Whether a call, by the record that began it, or a log line matches.
    mutating func matches(
        _ items: SessionItems,
        _ record: Record,
        _ predicate: Predicate,
        _ reading: SessionReading
    ) throws(StoreError) -> Bool {
        if let since = predicate.since, record.time < since { return false }
        switch items {
        case .calls:
            guard let (row, invocation) = try self.call(record, reading) else { return false }
            return predicate.matches(row, in: invocation)
        case .logs:
            // Which run of its invocation it belongs to is not asked.
            if predicate.isToldByLine, predicate.logs.invocation == nil {
                return predicate.matches(LogRow(alone: record), in: nil)
            }
            let (row, invocation) = try self.log(record, reading)
            return predicate.matches(row, in: invocation)
        }
    }
}

extension LogRow {
    /// Which line of its invocation it is, is not known.
    fileprivate init(alone record: Record) {
        let id = InvocationID(environment: record.environment, requestID: record.requestID)
        self.init(record, id: LogRow.ID(invocation: id, index: 0))
    }
}

extension ListRow {
    /// What opens under it.
    var detailID: InvocationID? {
        switch self {
        case .invocation(let summary): summary.id
        case .lifecycle(let event): event.detail
        }
    }
}
