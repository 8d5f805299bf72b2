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
        /// How often it is asked, for a header: `listing every 1 s · 3600/h`.
        case detail(String)
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

    /// Reads variables and files, and asks for nothing yet. `lookback` is in milliseconds: batches that were formed earlier
    /// are left out; nil: none are.
    package init(
        _ text: String,
        variables: [String: String],
        lookback: Int?,
        follows: Bool
    ) throws(Unusable) {
        self.text = text
        do {
            let location = try S3Location(text)
            self.settings = BucketReader.Settings(
                prefix: location.prefix,
                lookback: lookback.map { Int64($0) },
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
        let lookback = self.settings.lookback
        let tail = BucketTail(self.client, self.settings, loop: self.loop) { event in
            Self.told(event, text, lookback).map(output) ?? true
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

    private static func told(_ event: BucketTail.Output, _ source: String, _ lookback: Int64?) -> Output? {
        switch event {
        case .records(let records): .records(records)
        case .ended(let reason): .ended(reason.map { "\(source): \($0)" })
        case .notice(.recovered): .connected
        case .notice(.troubled(let reason, let pause)): .lost("\(source): \(reason)", retryAfter: Int(pause))
        case .notice(.note(let text)): .notice("\(source): \(text)")
        case .notice(.broken(let text)): .notice("\(source): \(text); passed over")
        case .notice(.status(let status)): .detail(Self.words(status))
        case .notice(.empty(let status)):
            .notice("\(source): no object\(Self.words(since: lookback)) · \(Self.words(status))")
        }
    }

    private static func words(since lookback: Int64?) -> String {
        guard let lookback else { return " yet" }
        return lookback == 3_600_000 ? " in the last hour" : " in the last \(lookback / 60_000) min"
    }

    static func words(_ status: BucketReader.Status) -> String {
        let seconds = Double(status.interval) / 1000
        let length = seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
        var parts = ["listing every \(length) s", "\(status.requestsPerHour)/h"]
        if status.late > 0 { parts.append("late \(status.late)") }
        if status.missing > 0 { parts.append("missing \(status.missing)") }
        if status.broken > 0 { parts.append("broken \(status.broken)") }
        if status.foreign > 0 { parts.append("foreign \(status.foreign)") }
        return parts.joined(separator: " · ")
    }
}
