import LmonJSON

/// What a sink lets go leaves this in its place: the numbers from `first` through `through` of one environment.
///
/// As a record it has type `lmon.dropped` and the first lost number as its `sequence`. A record replaces a tombstone that
/// covers its number, never the reverse. Losses before numbering have `through` nil: only how many is known.
package struct Tombstone: Hashable, Sendable {
    package let first: Int
    package let through: Int?
    package let count: Int
    package let reason: String
    package let sink: String?

    package init(first: Int, through: Int?, count: Int, reason: String, sink: String?) {
        self.first = first
        self.through = through
        self.count = count
        self.reason = reason
        self.sink = sink
    }

    /// Reads the tombstone that `record` is; nil if it is another type or its payload says too little.
    package init?(_ record: Record) {
        guard record.type == .dropped else { return nil }
        var scanner = record.scanner
        var through: Int?
        var count: Int?
        var reason = ""
        var sink: String?
        do {
            try scanner.beginObject()
            while let key = try scanner.nextKey() {
                switch key {
                case "through": through = try scanner.null() ? nil : try scanner.int()
                case "count": count = try scanner.int()
                case "reason": reason = try scanner.string()
                case "sink": sink = try scanner.null() ? nil : try scanner.string()
                default: try scanner.skip()
                }
            }
        } catch { return nil }
        // Numbers that cannot be make no tombstone.
        guard through ?? record.sequence >= record.sequence, count ?? 0 >= 0 else { return nil }
        guard let count = count ?? through.map({ $0 - record.sequence + 1 }) else { return nil }
        self.init(first: record.sequence, through: through, count: count, reason: reason, sink: sink)
    }

    /// The payload of the record that says so.
    package var payload: [UInt8] {
        JSONWriter.object {
            $0.member("through", self.through)
            $0.member("count", self.count)
            $0.member("reason", self.reason)
            $0.member("sink", self.sink)
        }
    }

    /// The record that says so, in the place of the first one that is lost.
    package func record(environment: String, function: String, time: Timestamp, observed: Timestamp) -> Record {
        let observation = Observation(
            environment: environment,
            function: function,
            time: time,
            type: .dropped,
            payload: self.payload
        )
        return Record(observation, sequence: self.first, observed: observed)
    }
}
