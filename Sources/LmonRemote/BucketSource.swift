import LmonHTTP
package import LmonRecord
import LmonS3

#if Remote
import LmonTLS
#endif

/// A bucket as a source of records, for whoever shows them: from `s3://bucket/prefix` and the variables of AWS's tools.
package final class BucketSource: Sendable {
    package enum Output: Sendable {
        case records([Record])
        /// An answer came as it should, after some had not.
        case connected
        /// Tried again after so many milliseconds.
        case lost(String, retryAfter: Int)
        /// Something to know, in one line.
        case notice(String)
        /// How it is read; when that has changed.
        case status(RemoteStatus)
        /// Nothing comes after this; the reason if it could not begin.
        case ended(String?)
    }

    package struct Unusable: Error, CustomStringConvertible {
        package let description: String
    }

    private let text: String
    private let loop: Loop
    private let client: S3Client
    private let settings: BucketReader.Settings

    /// Reads variables and files, and asks for nothing yet. Batches that were formed before `start` are left out.
    package init(
        _ text: String,
        variables: [String: String],
        start: ReadingStart,
        functions: FunctionChoice = .all,
        follows: Bool
    ) throws(Unusable) {
        self.text = text
        do {
            let location = try S3Location(text)
            self.settings = BucketReader.Settings(
                prefix: location.prefix,
                start: start,
                functions: functions,
                follows: follows
            )
            let credentials = ViewerCredentials(variables: variables)
            // What is missing altogether is said before a thread is started.
            _ = try credentials.find()
            self.loop = Loop()
            self.client = try S3Client(location, credentials: credentials, loop: self.loop, security: Self.security)
        } catch {
            throw Unusable(description: "\(text): \(error)")
        }
    }

    private static var security: (any ClientSecurity)? {
        #if Remote
        TLSClient()
        #else
        nil
        #endif
    }

    /// Calls `output` on a thread of its own, in order, until it says false, `.ended` was told, or the handle is stopped.
    package func start(_ output: @escaping @Sendable (Output) -> Bool) -> Handle {
        let text = self.text
        let tail = BucketTail(self.client, self.settings, loop: self.loop) { event in
            Self.told(event, text).map(output) ?? true
        }
        Task { await tail.start() }
        return Handle(tail)
    }

    package struct Handle: Sendable {
        private let tail: BucketTail

        init(_ tail: BucketTail) { self.tail = tail }

        package func stop() async { await self.tail.stop() }
    }

    // MARK: Words

    private static func told(_ event: BucketTail.Output, _ source: String) -> Output? {
        switch event {
        case .records(let records): .records(records)
        case .ended(let reason): .ended(reason.map { "\(source): \($0)" })
        case .notice(.recovered): .connected
        case .notice(.troubled(let reason, let pause)): .lost("\(source): \(reason)", retryAfter: Int(pause))
        case .notice(.note(let text)): .notice("\(source): \(text)")
        case .notice(.broken(let text)): .notice("\(source): \(text); passed over")
        case .notice(.status(let status)), .notice(.empty(let status)): .status(Self.words(status))
        }
    }

    static func words(_ status: BucketReader.Status) -> RemoteStatus {
        let tenths = (status.interval + 50) / 100
        let length = tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
        var result = RemoteStatus(pace: "listing every \(length) s")
        result.requestsPerHour = status.requestsPerHour
        result.lag = status.lag
        let flaws = [("late", status.late), ("broken", status.broken), ("foreign", status.foreign)]
        result.flaws = flaws.filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }
        result.missing = status.missing
        result.isEmpty = status.isEmpty
        result.newest = status.newest.map { Timestamp(microseconds: $0 * 1000) }
        return result
    }
}
