import GRDB

/// What people wrote to the invocations of a session: a table beside its records, which nothing else reads.
package enum SessionNotes {
    package struct Subject: Hashable, Sendable {
        package let environment: String
        /// Empty for an initialisation.
        package let request: String
        package let attempt: Int

        package init(environment: String, request: String, attempt: Int) {
            self.environment = environment
            self.request = request
            self.attempt = attempt
        }
    }

    private static let schema = """
        CREATE TABLE IF NOT EXISTS notes(
            environment TEXT NOT NULL, request TEXT NOT NULL, attempt INTEGER NOT NULL, text TEXT NOT NULL,
            PRIMARY KEY (environment, request, attempt)) WITHOUT ROWID
        """

    /// Keeps a note, or takes it away; another process may write the session meanwhile.
    package static func keep(_ text: String?, on subject: Subject, at path: String) throws(StoreError) {
        do {
            let database = try self.open(path, readonly: false)
            defer { try? database.close() }
            try database.write { database in
                try database.execute(sql: self.schema)
                let place: StatementArguments = [subject.environment, subject.request, subject.attempt]
                guard let text else {
                    let sql = "DELETE FROM notes WHERE environment = ? AND request = ? AND attempt = ?"
                    return try database.execute(sql: sql, arguments: place)
                }
                try database.execute(sql: "INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?)", arguments: place + [text])
            }
        } catch {
            throw StoreError(.cannotKeepNote(error.summary), path: path)
        }
    }

    package static func all(at path: String) throws(StoreError) -> [Subject: String] {
        do {
            let database = try self.open(path, readonly: true)
            defer { try? database.close() }
            return try database.read { database in
                guard try database.tableExists("notes") else { return [:] }
                var notes: [Subject: String] = [:]
                for row in try Row.fetchAll(database, sql: "SELECT environment, request, attempt, text FROM notes") {
                    notes[Subject(environment: row[0], request: row[1], attempt: row[2])] = row[3]
                }
                return notes
            }
        } catch {
            throw StoreError(.cannotRead(error.summary), path: path)
        }
    }

    private static func open(_ path: String, readonly: Bool) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = readonly
        configuration.busyMode = .timeout(2)
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
