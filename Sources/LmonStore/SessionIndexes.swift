import Foundation
import GRDB
import LmonModel
import LmonRecord

/// The writer's memory of which integer stands for which name, and which numbers of an environment are written.
///
/// The file needs no unique index for that: it has one writer, and starts empty.
struct SessionIndexes: Sendable {
    private struct Environment {
        let id: Int64
        var records = NumberRanges()
        var tombstones = NumberRanges()
    }

    private var environments: [String: Environment] = [:]
    /// Of two generations the older is forgotten when the newer is large. A request that comes again after that gets a
    /// second integer, which readers expect.
    private var requests: [String: Int64] = [:]
    private var olderRequests: [String: Int64] = [:]
    private var lastRequest: Int64 = 0
    private static let rememberedRequests = 50_000
    private var lastRow = 0

    /// Writes what is new, in one transaction that the caller owns; returns how many records were.
    ///
    /// After an error the names made here are no longer true: whoever gets one stops writing.
    mutating func insert(_ records: [LmonRecord.Record], into database: Database) throws -> Int {
        let insert = try database.cachedStatement(
            sql: "INSERT INTO records(environment, sequence, request, line) VALUES (?, ?, ?, ?)"
        )
        var written = 0
        for record in records {
            let environment = try self.environment(of: record, in: database)
            guard self.isNew(record) else { continue }
            let request = try record.requestID.map { try self.request($0, in: database) }
            insert.setUncheckedArguments([environment, record.sequence, request, Data(record.line)])
            try insert.execute()
            written += 1
            try self.addPosition(of: record, in: database)
        }
        return written
    }

    /// Calls and log lines are counted through, so that a window on them costs the same wherever it is.
    private func addPosition(of record: LmonRecord.Record, in database: Database) throws {
        let table: String
        switch record.type {
        case .httpRequest: table = "calls"
        case .function, .extension: table = "logs"
        default: return
        }
        let insert = try database.cachedStatement(sql: "INSERT INTO \(table)(cursor) VALUES (last_insert_rowid())")
        try insert.execute()
    }

    /// Writes rows behind those that are there.
    mutating func insert(_ rows: [ArchivedRow], into database: Database) throws {
        let insert = try database.cachedStatement(sql: "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for row in rows {
            self.lastRow += 1
            let id = row.row.id
            let request = try id.invocationID?.requestID.flatMap { try self.knownRequest($0, in: database) }
            let columns = RowColumns(row.row)
            let environment = self.environments[id.environment]?.id ?? 0
            insert.setUncheckedArguments([
                self.lastRow, request, environment, row.row.time.microseconds, columns.function, columns.duration,
                columns.calls, row.row.isFailed, Data(RowCode.encode(row)),
            ])
            try insert.execute()
        }
    }

    private func knownRequest(_ name: String, in database: Database) throws -> Int64? {
        if let known = self.requests[name] ?? self.olderRequests[name] { return known }
        let select = try database.cachedStatement(
            sql: "SELECT id FROM requests WHERE name = ?1 COLLATE NOCASE AND name = ?1"
        )
        return try Int64.fetchOne(select, arguments: [name])
    }

    private mutating func isNew(_ record: LmonRecord.Record) -> Bool {
        if record.type == .dropped {
            return self.environments[record.environment]?.tombstones.insert(record.sequence) ?? true
        }
        return self.environments[record.environment]?.records.insert(record.sequence) ?? true
    }

    private mutating func environment(of record: LmonRecord.Record, in database: Database) throws -> Int64 {
        if let known = self.environments[record.environment] { return known.id }
        let id = Int64(self.environments.count + 1)
        try database.execute(
            sql: "INSERT INTO environments VALUES (?, ?, ?)",
            arguments: [id, record.environment, record.function]
        )
        self.environments[record.environment] = Environment(id: id)
        return id
    }

    private mutating func request(_ name: String, in database: Database) throws -> Int64 {
        if let known = self.requests[name] { return known }
        if self.requests.count >= Self.rememberedRequests { (self.olderRequests, self.requests) = (self.requests, [:]) }
        if let known = self.olderRequests[name] {
            self.requests[name] = known
            return known
        }
        self.lastRequest += 1
        try database.execute(sql: "INSERT INTO requests VALUES (?, ?)", arguments: [self.lastRequest, name])
        self.requests[name] = self.lastRequest
        return self.lastRequest
    }
}

/// What the list is sorted by.
private struct RowColumns {
    let function: String
    let duration: Double?
    let calls: Int

    init(_ row: ListRow) {
        switch row {
        case .invocation(let summary):
            self.function = summary.function
            self.duration = summary.duration
            self.calls = summary.calls
        case .lifecycle(let event):
            self.function = event.function
            self.duration = nil
            self.calls = 0
        }
    }
}
