package import LmonRecord

extension BatchName {
    /// The name of a batch of one environment's records, in order; nil if there are none.
    package init?(of records: [Record], formed: Int64) {
        guard let first = records.first, let last = records.last else { return nil }
        // A tombstone at the end speaks for what follows it, too.
        let through = Tombstone(last)?.through ?? last.sequence
        self.init(
            function: first.function,
            formed: formed,
            environment: first.environment,
            numbers: first.sequence...max(first.sequence, last.sequence, through)
        )
    }
}
