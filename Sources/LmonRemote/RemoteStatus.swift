package import LmonRecord

/// How reading a remote spool goes, for a header.
package struct RemoteStatus: Hashable, Sendable {
    /// `listing every 1 s`, `live`, `3000 records behind`.
    package var pace: String
    /// Requests that an hour of this makes, where they cost money.
    package var requestsPerHour: Int?
    /// Milliseconds from when the newest record happened to when it was read; nil while only history has come.
    package var lag: Int64?
    /// `late 2`, `foreign 1`: what was met, and how often.
    package var flaws: [String] = []
    /// Numbers that have not come, though later ones of their environment have; most first.
    package var missing: [Missing] = []
    /// All was looked through that is to be read at the beginning, and nothing is there.
    package var isEmpty = false
    /// When the newest was formed that lies before what is to be read; nil if none is known.
    package var newest: Timestamp?

    package struct Missing: Hashable, Sendable {
        package let function: String
        package let environment: String
        package var count: Int

        package init(function: String, environment: String, count: Int) {
            self.function = function
            self.environment = environment
            self.count = count
        }
    }

    package init(pace: String) { self.pace = pace }
}
