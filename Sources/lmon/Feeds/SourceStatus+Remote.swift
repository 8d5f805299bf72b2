#if Remote
import LmonRemote
import LmonUI

extension SourceStatus {
    /// `what`: what the source would have, `object` or `record`.
    init(_ status: RemoteStatus, of source: String, what: String, _ scope: ReadingScope) {
        self.init(pace: status.pace)
        self.requestsPerHour = status.requestsPerHour
        self.lag = status.lag.map { Double($0) }
        self.flaws = status.flaws
        self.missing = status.missing.map {
            Missing(function: $0.function, environment: $0.environment, count: $0.count)
        }
        guard status.isEmpty else { return }
        let span: EmptySource.Span =
            switch scope.start {
            case .beginning: .ever
            case .lookback(let length): .last(length)
            case .time(let time): .since(time)
            }
        self.empty = EmptySource(
            source: source,
            what: what,
            function: scope.function,
            span: span,
            newest: status.newest,
            now: scope.began
        )
    }
}
#endif
