import Foundation
import GRDB
import LmonRecord

/// The writer's memory of which integer stands for which name, and which numbers of an environment are written.
///
/// The file needs no unique index for that: it has one writer, and starts empty.
struct SessionIndexes: Sendable {
    private struct Environment {
        let id: Int64
        var records = SequenceSet()
        var tombstones = SequenceSet()
    }

    private var environments: [String: Environment] = [:]
    /// Emptied when large. A request that comes again after that gets a second integer, which readers expect.
    private var requests: [String: Int64] = [:]
    private var lastRequest: Int64 = 0
    private static let rememberedRequests = 100_000

    /// Writes what is new, in one transaction that the caller owns; returns how many records were.
    ///
    /// After an error the names made here are no longer true: whoever gets one stops writing.
    mutating func insert(_ records: [LmonRecord.Record], _ summaries: [StoredSummary], into database: Database) throws
        -> Int
    {
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
        }
        for summary in summaries {
            try database.execute(
                sql: "INSERT OR REPLACE INTO summaries VALUES (?, ?, ?)",
                arguments: [summary.requestID, summary.environment, Data(summary.payload)]
            )
        }
        return written
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
        if self.requests.count >= Self.rememberedRequests { self.requests = [:] }
        self.lastRequest += 1
        try database.execute(sql: "INSERT INTO requests VALUES (?, ?)", arguments: [self.lastRequest, name])
        self.requests[name] = self.lastRequest
        return self.lastRequest
    }
}
