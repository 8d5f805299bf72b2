import LmonAgent
import LmonModel
import LmonRecord

#if Remote
import LmonRemote
#endif

/// How much of a source is read, as it was asked for.
struct ReadingLimits: Sendable {
    var since: SinceArgument?
    /// Of one function alone.
    var function: String?
    /// What it leaves out may be missing from what is read.
    var filter: Filter?

    /// Only what is kept somewhere can be read from a time on, and only what is kept by function of one alone.
    func check(_ source: Source) throws {
        switch source {
        case .bucket, .collector: return
        case .project, .tee, .session, .standardInput: break
        }
        let remote = "only a bucket (s3://…) or a collector (https://…) is"
        if let since {
            throw Failure.usage("--since \(since.text): \(source.title) cannot be read from a time on; \(remote)")
        }
        if let function {
            throw Failure.usage(
                "--function \(function): \(source.title) is not kept by function; \(remote). "
                    + "--filter shows one function of any source"
            )
        }
    }
}

#if Remote
/// The same for a remote spool.
struct ReadingScope: Sendable {
    let start: ReadingStart
    let function: String?
    let filter: Filter?
    let began = SystemClock.now()

    /// Looked back so far by what follows, in milliseconds; what does not reads all that is there.
    private static let lookback: Int64 = 3_600_000

    init(_ limits: ReadingLimits, follows: Bool) {
        self.start = limits.since?.start ?? (follows ? .lookback(Self.lookback) : .beginning)
        self.function = limits.function
        self.filter = limits.filter
    }

    /// Whose folders of a bucket are listed.
    var functions: FunctionChoice {
        if let function { return .named(function) }
        guard let filter else { return .all }
        return .matching { filter.mayMatch(function: $0) }
    }
}

extension SinceArgument {
    fileprivate var start: ReadingStart {
        switch self.moment {
        case .ago(let milliseconds): .lookback(milliseconds)
        case .time(let time): .time(time)
        }
    }
}
#endif
