import Foundation
import GRDB
import LmonRecord
import LmonTestSupport

@testable import LmonStore

extension SessionStore {
    /// A session as the first lmon wrote it: records, and an empty table of summaries.
    static func firstFormat(at path: String, _ records: [LmonRecord.Record]) throws -> SessionStore {
        let database = try DatabaseQueue(path: path)
        try database.write { database in
            try database.execute(
                sql: """
                    PRAGMA application_id = \(SessionFormat.applicationID);
                    PRAGMA user_version = 1;
                    CREATE TABLE session(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
                    CREATE TABLE environments(id INTEGER PRIMARY KEY, name TEXT NOT NULL, function TEXT NOT NULL);
                    CREATE TABLE requests(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
                    CREATE TABLE records(
                        cursor INTEGER PRIMARY KEY, environment INTEGER NOT NULL, sequence INTEGER NOT NULL,
                        request INTEGER, line BLOB NOT NULL);
                    CREATE INDEX records_by_request ON records(request);
                    CREATE TABLE summaries(
                        request TEXT NOT NULL, environment TEXT NOT NULL, payload BLOB NOT NULL,
                        PRIMARY KEY (request, environment)) WITHOUT ROWID;
                    INSERT INTO session VALUES ('source', 'x');
                    INSERT INTO environments VALUES (1, '\(Observation.testEnvironment)', 'orders');
                    """
            )
            var requests: [String: Int] = [:]
            for record in records {
                if let name = record.requestID, requests[name] == nil {
                    requests[name] = requests.count + 1
                    try database.execute(sql: "INSERT INTO requests VALUES (?, ?)", arguments: [requests.count, name])
                }
                try database.execute(
                    sql: "INSERT INTO records(environment, sequence, request, line) VALUES (1, ?, ?, ?)",
                    arguments: [record.sequence, record.requestID.flatMap { requests[$0] }, Data(record.line)]
                )
            }
        }
        try database.close()
        return try SessionStore.open(path)
    }
}
