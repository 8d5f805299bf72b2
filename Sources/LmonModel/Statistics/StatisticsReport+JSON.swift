import LmonJSON
import LmonRecord

/// The statistics for other programs: what is not known is `null`, durations are milliseconds, and what cannot be seen in
/// a name is an escape.
extension StatisticsReport {
    package func json(only table: StatisticsText.Table? = nil) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            switch table {
            case .function: writer.groups("functions", self.functions)
            case .host: writer.groups("hosts", self.hosts)
            case .status: writer.groups("statuses", self.statuses)
            case nil: self.write(&writer)
            }
        }
        return writer.bytes.visible
    }

    private func write(_ writer: inout JSONWriter) {
        writer.known("start", self.start?.description)
        writer.known("end", self.end?.description)
        writer.object("invocations") { writer in
            writer.member("count", self.invocations.count)
            writer.member("failed", self.invocations.failed)
            writer.member("inFlight", self.inFlight)
            writer.known("perSecond", self.rate)
            writer.percentiles("duration", self.invocations.durations)
        }
        for (name, group) in [("cold", self.cold), ("warm", self.warm)] {
            writer.key(any: name)
            writer.object { writer in
                writer.member("count", group.count)
                writer.member("failed", group.failed)
                writer.percentiles("duration", group.durations)
                if name == "cold" { writer.percentiles("init", self.initializations) }
            }
        }
        writer.object("calls") { writer in
            writer.member("count", self.calls.count)
            writer.member("failed", self.calls.failed)
            writer.member("retries", self.retries)
            writer.member("bytes", self.calls.bytes)
            writer.percentiles("duration", self.calls.durations)
        }
        writer.groups("functions", self.functions)
        writer.groups("hosts", self.hosts)
        writer.groups("statuses", self.statuses)
        writer.groups("errors", self.failures)
        self.writeCourse(&writer)
        writer.object("lmon") { writer in
            writer.member("told", self.overhead.told)
            writer.percentiles("held", self.overhead.held)
            writer.percentiles("interceptor", self.overhead.interceptor)
            writer.known("residentPeakBytes", self.overhead.residentPeak)
            writer.known("shippedBytes", self.overhead.shippedBytes)
            writer.member("dropped", self.overhead.dropped)
            writer.known("sample", self.overhead.sample)
        }
    }

    private func writeCourse(_ writer: inout JSONWriter) {
        writer.object("timeline") { writer in
            writer.known("start", self.timeline.start?.description)
            writer.member("bucketMs", Int(self.timeline.width / 1000))
            writer.array("counts") { writer in for bucket in self.timeline.buckets { writer.int(bucket.count) } }
            writer.array("failed") { writer in for bucket in self.timeline.buckets { writer.int(bucket.failed) } }
        }
        writer.array("histogram") { writer in
            for (index, count) in self.durations.counts.enumerated() where count > 0 {
                writer.object { writer in
                    writer.member("fromMs", self.durations.start(of: index))
                    writer.member("toMs", self.durations.start(of: index + 1))
                    writer.member("count", count)
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func groups(_ name: StaticString, _ groups: [StatisticsReport.Group]) {
        self.array(name) { writer in
            for group in groups {
                writer.object { writer in
                    writer.member("name", group.name)
                    writer.member("count", group.count)
                    writer.member("failed", group.failed)
                    writer.member("bytes", group.bytes)
                    writer.percentiles("duration", group.durations)
                }
            }
        }
    }

    fileprivate mutating func percentiles(_ name: StaticString, _ values: StatisticsReport.Percentiles) {
        self.object(name) { writer in
            writer.known("p50", values.p50)
            writer.known("p90", values.p90)
            writer.known("p95", values.p95)
            writer.known("p99", values.p99)
            writer.known("max", values.max)
        }
    }

    fileprivate mutating func known(_ name: StaticString, _ value: Double?) {
        self.key(name)
        if let value { self.double((value * 1000).rounded() / 1000) } else { self.null() }
    }

    fileprivate mutating func known(_ name: StaticString, _ value: Int?) {
        self.key(name)
        if let value { self.int(value) } else { self.null() }
    }

    fileprivate mutating func known(_ name: StaticString, _ value: String?) {
        self.key(name)
        if let value { self.string(value) } else { self.null() }
    }
}
