/// What a collector counts, and how Prometheus reads it. Used on the loop only.
struct CollectorMetrics {
    var newRecords = 0
    var knownRecords = 0
    var bytesReceived = 0
    /// Requests to send records, by the status that they were answered.
    var batches: [Int: Int] = [:]
    var commits = 0
    var commitSeconds = 0.0
    var commitFailures = 0
    var viewersOpened = 0

    /// What is not counted but looked at.
    struct Gauges {
        var viewers = 0
        var stalledViewers = 0
        var pendingBytes = 0
        var cursor: Int64 = 0
        var trimmed: Int64 = 0
        var storeBytes: Int?
        var pagesRead = 0
        var piecesSent = 0
    }

    func text(_ gauges: Gauges) -> String {
        var text = ""
        func metric(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: String)]) {
            text += "# HELP lmon_collector_\(name) \(help)\n# TYPE lmon_collector_\(name) \(type)\n"
            for sample in samples { text += "lmon_collector_\(name)\(sample.labels) \(sample.value)\n" }
        }
        func counter(_ name: String, _ help: String, _ value: Int) { metric(name, "counter", help, [("", "\(value)")]) }
        func gauge(_ name: String, _ help: String, _ value: Int) { metric(name, "gauge", help, [("", "\(value)")]) }
        metric(
            "records_total",
            "counter",
            "Records that agents sent and that are on the disk.",
            [(#"{outcome="new"}"#, "\(self.newRecords)"), (#"{outcome="known"}"#, "\(self.knownRecords)")]
        )
        metric(
            "batches_total",
            "counter",
            "Requests to send records, by the status that they were answered.",
            self.batches.sorted { $0.key < $1.key }.map { (#"{status="\#($0.key)"}"#, "\($0.value)") }
        )
        counter("received_bytes_total", "Bytes of bodies that agents sent.", self.bytesReceived)
        counter("commits_total", "Commits that are on the disk.", self.commits)
        metric(
            "commit_seconds_total",
            "counter",
            "Time that commits took.",
            [("", "\((self.commitSeconds * 1e6).rounded() / 1e6)")]
        )
        counter("commit_failures_total", "Commits and deletions that the disk refused.", self.commitFailures)
        gauge("pending_bytes", "Bytes of batches that are not on the disk yet.", gauges.pendingBytes)
        gauge("viewers", "Streams that are open.", gauges.viewers)
        counter("viewers_total", "Streams that were opened.", self.viewersOpened)
        counter("stalled_viewers_total", "Streams that were cut, for nobody took what was sent.", gauges.stalledViewers)
        counter("pages_read_total", "Pages that were read from the store for viewers.", gauges.pagesRead)
        counter("pieces_sent_total", "Pieces that were sent to viewers from memory.", gauges.piecesSent)
        gauge("cursor", "The place of the newest record.", Int(gauges.cursor))
        gauge("trimmed_cursor", "The place of the last record that was deleted.", Int(gauges.trimmed))
        if let bytes = gauges.storeBytes { gauge("store_bytes", "Bytes of the file that hold something.", bytes) }
        return text
    }
}
