import Foundation
import GRDB
import LmonRecord

/// What the one writer of a collector's store remembers between commits. All of it can be read again: after a commit that
/// failed it is forgotten.
struct CollectorWriter {
    struct Environment {
        let id: Int64
        var numbers: EnvironmentNumbers
        var records: Int
    }

    /// By name. Of two generations the older is forgotten when the newer is large.
    private var environments: [String: Environment] = [:]
    private var olderEnvironments: [String: Environment] = [:]
    /// A request that comes again after it was forgotten gets a second integer, which readers expect.
    private var requests: [String: Int64] = [:]
    private var olderRequests: [String: Int64] = [:]
    private var lastRequest: Int64?
    /// Environments of the commit under way.
    private var changed: Set<String> = []

    private static let rememberedEnvironments = 10_000
    private static let rememberedRequests = 20_000

    mutating func forget() { self = CollectorWriter() }

    /// Forgets what a deletion has made untrue.
    mutating func forget(requests names: [String]) {
        for name in names {
            self.requests[name] = nil
            self.olderRequests[name] = nil
        }
        self.environments = [:]
        self.olderEnvironments = [:]
    }

    /// Inserts one batch behind `last`; what is known is passed over.
    mutating func insert(
        _ batch: [LmonRecord.Record],
        last: inout Int64,
        into database: Database
    ) throws -> CollectorStore.Appended {
        let insert = try database.cachedStatement(sql: "INSERT INTO records VALUES (?, ?, ?, ?, ?)")
        var appended = CollectorStore.Appended()
        var name = ""
        var current: Environment?
        for record in batch {
            // Nearly always all of one environment.
            if current == nil || record.environment != name {
                if let current { self.environments[name] = current }
                name = record.environment
                current = try self.take(record, in: database)
            }
            guard var environment = current.take() else { continue }
            let tombstone = Self.range(record)
            let verdict = environment.numbers.admit(record.sequence, tombstone)
            if verdict == .known {
                appended.known += 1
            } else {
                last += 1
                let request = try record.requestID.map { try self.request($0, in: database) }
                insert.setUncheckedArguments([last, environment.id, record.sequence, request, Data(record.line)])
                try insert.execute()
                environment.records += 1
                if let tombstone { try Self.keep(tombstone, environment.id, last, in: database) }
                if verdict == .replaces { try Self.replace(record.sequence, &environment, in: database) }
                appended.stored.append(StoredRecord(cursor: last, record: record))
            }
            current = environment
        }
        if let current { self.environments[name] = current }
        return appended
    }

    /// Writes what the batches of a commit have changed of their environments.
    mutating func finish(at now: Int64, in database: Database) throws {
        let update = try database.cachedStatement(
            sql: "UPDATE environments SET records = ?, newest = ?, received = ?, covered = ? WHERE id = ?"
        )
        for name in self.changed {
            guard let environment = self.environments[name] ?? self.olderEnvironments[name] else { continue }
            update.setUncheckedArguments([
                environment.records, now, Data(environment.numbers.received.bytes),
                Data(environment.numbers.covered.bytes), environment.id,
            ])
            try update.execute()
        }
        self.changed = []
        if self.environments.count > Self.rememberedEnvironments {
            (self.olderEnvironments, self.environments) = (self.environments, [:])
        }
        if self.requests.count > Self.rememberedRequests { (self.olderRequests, self.requests) = (self.requests, [:]) }
    }

    // MARK: Tombstones

    /// What a tombstone speaks for; nil for records, and for losses before numbering, which stand in no one's place.
    private static func range(_ record: LmonRecord.Record) -> ClosedRange<Int>? {
        Tombstone(record)?.through.map { record.sequence...$0 }
    }

    private static func keep(
        _ range: ClosedRange<Int>,
        _ environment: Int64,
        _ cursor: Int64,
        in database: Database
    ) throws {
        let insert = try database.cachedStatement(sql: "INSERT INTO tombstones VALUES (?, ?, ?, ?)")
        try insert.execute(arguments: [environment, range.lowerBound, range.upperBound, cursor])
    }

    /// Takes away the tombstones over a number that have nothing left to speak for.
    private static func replace(_ sequence: Int, _ environment: inout Environment, in database: Database) throws {
        let select = try database.cachedStatement(
            sql: "SELECT first, through, cursor FROM tombstones WHERE environment = ? AND first <= ? AND through >= ?"
        )
        for row in try Row.fetchAll(select, arguments: [environment.id, sequence, sequence]) {
            let (first, through, cursor): (Int, Int, Int64) = (row[0], row[1], row[2])
            // A damaged file may hold anything.
            guard first <= through, environment.numbers.isReplaced(first...through) else { continue }
            try database.execute(sql: "DELETE FROM records WHERE cursor = ?", arguments: [cursor])
            try database.execute(
                sql: "DELETE FROM tombstones WHERE environment = ? AND first = ? AND cursor = ?",
                arguments: [environment.id, first, cursor]
            )
            environment.records -= 1
        }
    }

    // MARK: Names

    /// Out of what is remembered, so that its numbers are changed in place; whoever takes it puts it back.
    private mutating func take(_ record: LmonRecord.Record, in database: Database) throws -> Environment {
        let name = record.environment
        self.changed.insert(name)
        if let known = self.environments.removeValue(forKey: name) ?? self.olderEnvironments.removeValue(forKey: name) {
            return known
        }
        let select = try database.cachedStatement(
            sql: "SELECT id, received, covered, records FROM environments WHERE name = ?"
        )
        if let row = try Row.fetchOne(select, arguments: [name]) {
            return Environment(id: row[0], numbers: try Self.numbers(row), records: row[3])
        }
        let insert = try database.cachedStatement(
            sql:
                "INSERT INTO environments(name, function, records, newest, received, covered) VALUES (?, ?, 0, 0, ?, ?)"
        )
        try insert.execute(arguments: [name, record.function, Data(), Data()])
        return Environment(id: database.lastInsertedRowID, numbers: EnvironmentNumbers(), records: 0)
    }

    private static func numbers(_ row: Row) throws -> EnvironmentNumbers {
        let (received, covered): (Data, Data) = (row[1], row[2])
        return try received.withUnsafeBytes { received in
            try covered.withUnsafeBytes { try EnvironmentNumbers(received: received, covered: $0) }
        }
    }

    private mutating func request(_ name: String, in database: Database) throws -> Int64 {
        if let known = self.requests[name] { return known }
        if let known = self.olderRequests[name] {
            self.requests[name] = known
            return known
        }
        let id = try (self.lastRequest ?? Int64.fetchOne(database, sql: "SELECT max(id) FROM requests") ?? 0) + 1
        let insert = try database.cachedStatement(sql: "INSERT INTO requests VALUES (?, ?)")
        try insert.execute(arguments: [id, name])
        self.lastRequest = id
        self.requests[name] = id
        return id
    }
}
