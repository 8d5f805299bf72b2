import Foundation
import GRDB
package import LmonRecord

/// A line of the store and its place. Not looked into: most readers only pass it on.
package struct StoredLine: Hashable, Sendable {
    package let cursor: Int64
    /// JSON, without the line's end.
    package let bytes: [UInt8]

    package init(cursor: Int64, bytes: [UInt8]) {
        self.cursor = cursor
        self.bytes = bytes
    }
}

/// What is known of a function whose records are kept.
package struct CollectedFunction: Hashable, Sendable {
    package let name: String
    package let environments: Int
    package let records: Int
    /// When its last record came.
    package let newest: Timestamp
}

extension CollectorStore {
    /// Which lines are wanted.
    package enum Selection: Hashable, Sendable {
        case all
        case function(String)
        /// Of one invocation.
        case request(String)
    }

    /// The lines behind `cursor` up to `last`, in their order: at most so many, and no further one once there are `bytes`.
    package func lines(
        _ selection: Selection = .all,
        after cursor: Int64,
        through last: Int64 = .max,
        limit: Int = 1000,
        bytes: Int = 1 << 20
    ) throws(CollectorStoreError) -> [StoredLine] {
        let (index, condition, name) = selection.parts
        return try self.read { database in
            var arguments: StatementArguments = [cursor, last]
            if let name { arguments += [name] }
            let rows = try Row.fetchCursor(
                database.cachedStatement(
                    sql: """
                        SELECT cursor, line FROM records \(index)
                        WHERE cursor > ? AND cursor <= ? \(condition) ORDER BY cursor LIMIT \(limit)
                        """
                ),
                arguments: arguments
            )
            var lines: [StoredLine] = []
            var size = 0
            while size < bytes, let row = try rows.next() {
                let line = try row.withUnsafeData(atIndex: 1) { [UInt8]($0 ?? Data()) }
                size += line.count
                lines.append(StoredLine(cursor: row[0], bytes: line))
            }
            return lines
        }
    }

    /// By name.
    package var functions: [CollectedFunction] {
        get throws(CollectorStoreError) {
            try self.read { database in
                let sql = """
                    SELECT function, count(*), sum(records), max(newest) FROM environments
                    WHERE records > 0 GROUP BY function ORDER BY function
                    """
                return try Row.fetchAll(database, sql: sql).map {
                    CollectedFunction(
                        name: $0[0],
                        environments: $0[1],
                        records: $0[2],
                        newest: Timestamp(microseconds: $0[3])
                    )
                }
            }
        }
    }

    /// Bytes of the file that hold something.
    package var usedBytes: Int {
        get throws(CollectorStoreError) { try self.read { try CollectorFormat.usedBytes($0) } }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(CollectorStoreError) -> Value {
        try CollectorStoreError.wrap(self.path, { .cannotRead($0) }) { () throws in try self.reading.read(body) }
    }
}

extension CollectorStore.Selection {
    /// What a query adds: which index it must use, a condition, and its argument.
    fileprivate var parts: (index: String, condition: String, name: String?) {
        switch self {
        case .all: ("", "", nil)
        case .function(let name):
            ("", "AND environment IN (SELECT id FROM environments WHERE function = ?)", name)
        case .request(let name):
            ("INDEXED BY records_by_request", "AND request IN (SELECT id FROM requests WHERE name = ?)", name)
        }
    }
}

extension CollectorFormat {
    static func usedBytes(_ database: Database) throws -> Int {
        func number(_ name: String) throws -> Int { try Int.fetchOne(database, sql: "PRAGMA \(name)") ?? 0 }
        return try (number("page_count") - number("freelist_count")) * number("page_size")
    }
}
