package import LmonModel
package import LmonRecord

/// Which rows the lists show, and in which order.
package struct Sight: Hashable, Sendable {
    package var filter: Filter?
    /// Rows from this moment on; nil for all.
    package var since: Timestamp?
    /// Of the list of invocations only these rows; nil for all.
    package var marked: Set<RowID>?
    package var sort = RowSort.time
    package var isReversed = false
    package var logs = LogSight()

    package init() {}
}

/// What the list of invocations is sorted by; rows that are equal in it stay in the order of time.
package enum RowSort: CaseIterable, Hashable, Sendable {
    case time, duration, function, calls
}
