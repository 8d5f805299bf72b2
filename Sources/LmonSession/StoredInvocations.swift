import LmonModel
import LmonRecord
import LmonStore

/// Invocations as their records in a session tell of them; the last ones are remembered.
struct StoredInvocations {
    /// All runs of one request in one environment.
    struct Runs {
        var invocations: [Invocation] = []
        /// Which log line of which run a record is, by its number.
        var logs: [Int: LogRow.ID] = [:]
    }

    struct Key: Hashable {
        let environment: String
        let requestID: String?

        init(_ id: InvocationID) {
            self.environment = id.environment
            self.requestID = id.requestID
        }

        init(_ record: Record) {
            self.environment = record.environment
            self.requestID = record.requestID
        }
    }

    private var known: [Key: Runs] = [:]
    private let capacity: Int

    init(capacity: Int = 256) {
        self.capacity = capacity
    }

    mutating func forget(_ rows: Set<RowID>) {
        guard !self.known.isEmpty else { return }
        for row in rows { if let id = row.invocationID { self.known[Key(id)] = nil } }
    }

    mutating func runs(_ key: Key, _ reading: SessionReading) throws(StoreError) -> Runs {
        if let known = self.known[key] { return known }
        let id = InvocationID(environment: key.environment, requestID: key.requestID)
        let records = try reading.records(of: id).filter { $0.environment == key.environment }
        let runs = Self.fold(records)
        if self.known.count >= self.capacity { self.known.removeAll(keepingCapacity: true) }
        self.known[key] = runs
        return runs
    }

    mutating func invocation(_ id: InvocationID, _ reading: SessionReading) throws(StoreError) -> Invocation? {
        try self.runs(Key(id), reading).invocations.first { $0.id == id }
    }

    /// The row of a call by the record that began it.
    mutating func call(_ record: Record, _ reading: SessionReading) throws(StoreError) -> (CallRow, Invocation)? {
        guard let callID = record.callID else { return nil }
        for invocation in try self.runs(Key(record), reading).invocations {
            guard let call = invocation.call(callID) else { continue }
            return (CallRow(call: call, function: record.function), invocation)
        }
        return nil
    }

    /// The row of a log line by its record.
    mutating func log(_ record: Record, _ reading: SessionReading) throws(StoreError) -> (LogRow, Invocation?) {
        let runs = try self.runs(Key(record), reading)
        let id =
            runs.logs[record.sequence]
            ?? LogRow.ID(
                invocation: InvocationID(environment: record.environment, requestID: record.requestID),
                index: record.sequence
            )
        let invocation = runs.invocations.first { $0.id == id.invocation }
        return (LogRow(record, id: id), invocation)
    }

    static func fold(_ records: [Record]) -> Runs {
        var model = Model.ofFew
        var runs = Runs()
        var counts: [InvocationID: Int] = [:]
        for record in records {
            let change = model.apply(record)
            guard record.type == .function || record.type == .extension, let id = change.row?.invocationID else {
                continue
            }
            runs.logs[record.sequence] = LogRow.ID(invocation: id, index: counts[id, default: 0])
            counts[id, default: 0] += 1
        }
        runs.invocations = model.detailed
        return runs
    }
}
