package import LmonRecord

/// Where reading a remote spool begins.
package enum ReadingStart: Hashable, Sendable {
    case beginning
    /// So many milliseconds before reading begins.
    case lookback(Int64)
    case time(Timestamp)

    /// In milliseconds since 1970; nil: with the first that is there.
    func time(now: Int64) -> Int64? {
        switch self {
        case .beginning: nil
        case .lookback(let length): now - length
        case .time(let time): time.millisecondsSinceEpoch
        }
    }
}

/// Of which functions a remote spool is read.
package enum FunctionChoice: Sendable {
    case all
    /// One alone, whether it is there yet or not.
    case named(String)
    /// Those of which this says so.
    case matching(@Sendable (String) -> Bool)

    func wants(_ function: String) -> Bool {
        switch self {
        case .all: true
        case .named(let name): function == name
        case .matching(let matches): matches(function)
        }
    }
}
