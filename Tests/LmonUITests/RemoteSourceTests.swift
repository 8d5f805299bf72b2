import LmonModel
import LmonRecord
import LmonTestSupport
import LmonUI
import Testing

/// What the view says of a bucket and of a collector: what it costs, how late it is, what is missing, that it is lost.
@Suite struct RemoteSourceTests {
    static let sizes = [(80, 24), (120, 40), (40, 10)]

    private static let bucket = "s3://spool/demo"

    private static func rig(_ source: String, columns: Int, rows: Int) -> UIRig {
        var configuration = UIConfiguration(source: source)
        configuration.views = ListView.allCases
        return UIRig(configuration, columns: columns, height: rows)
    }

    private static func nothing(_ source: String, columns: Int, rows: Int) -> UIRig {
        var rig = Self.rig(source, columns: columns, rows: rows)
        (rig.rows, rig.details, rig.totals) = ([], [:], SessionTotals())
        rig.calls = []
        rig.logs = []
        rig.change()
        return rig
    }

    private static func listing(lag: Double? = nil) -> SourceStatus {
        var status = SourceStatus(pace: "listing every 1 s")
        status.requestsPerHour = 3732
        status.lag = lag
        return status
    }

    @Test(arguments: sizes)
    func aBucketThatIsRead(columns: Int, rows: Int) throws {
        var rig = Self.rig(Self.bucket, columns: columns, rows: rows)
        rig.send(.connection(.connected))
        rig.send(.source(Self.listing(lag: 1_240)))
        rig.change()
        try expectGolden(rig.screen, named: "bucket-live-\(columns)x\(rows)")
        // The agent's lag is not the viewer's.
        #expect(!rig.text.contains("lag 8ms"))
        if columns >= 80 { #expect(rig.text.contains("listing every 1 s (3732/h) · lag 1.24s")) }
    }

    @Test(arguments: sizes)
    func whatIsMissingIsNamed(columns: Int, rows: Int) throws {
        var rig = Self.rig(Self.bucket, columns: columns, rows: rows)
        var status = Self.listing(lag: 1_240)
        status.missing = [
            .init(function: "orders", environment: Sample.environment, count: 12),
            .init(function: "payment", environment: SampleSession.second, count: 2),
        ]
        status.flaws = ["late 1"]
        rig.rows.insert(
            .lifecycle(
                LifecycleEvent(
                    id: .event(environment: Sample.environment, sequence: 91),
                    kind: .dropped,
                    environment: Sample.environment,
                    function: "orders",
                    time: Sample.time("10:42:08.900"),
                    parts: ["env a3", "4 records of orders dropped by spool: memory is full"],
                    emphasis: .warning
                )
            ),
            at: 6
        )
        rig.totals.dropped = 4
        rig.change()
        rig.send(.source(status))
        try expectGolden(rig.screen, named: "bucket-missing-\(columns)x\(rows)")
        #expect(rig.text.contains("4 records of or"))
        if columns >= 80 {
            for text in ["missing 14: orders a3 12, payment b1 2", "dropped 4"] {
                #expect(rig.text.contains(text), "\(text)")
            }
        }
    }

    @Test(arguments: sizes)
    func aBucketWithoutAnything(columns: Int, rows: Int) throws {
        var rig = Self.nothing(Self.bucket, columns: columns, rows: rows)
        rig.send(.connection(.connecting))
        #expect(rig.text.contains("Asking s3://spool/demo"))
        rig.send(.connection(.connected))
        var status = Self.listing()
        status.pace = "listing every 5 s"
        status.requestsPerHour = 720
        status.empty = EmptySource(
            source: Self.bucket,
            what: "object",
            span: .last(3_600_000),
            newest: Sample.time("08:12:30.000"),
            now: Sample.time("10:42:00.000")
        )
        rig.send(.source(status))
        try expectGolden(rig.screen, named: "bucket-empty-\(columns)x\(rows)")
        // Whatever is said of it later: with the first record that is over.
        rig.totals = Sample.totals
        rig.rows = Sample.rows
        rig.change()
        #expect(!rig.text.contains("no object"))
    }

    @Test(arguments: sizes)
    func aCollectorThatIsLost(columns: Int, rows: Int) throws {
        var rig = Self.rig("https://127.0.0.1:4245", columns: columns, rows: rows)
        rig.change()
        rig.send(.source(SourceStatus(pace: "live")))
        rig.send(
            .connection(
                .lost(
                    source: "https://127.0.0.1:4245",
                    since: Sample.time("10:42:12.000"),
                    retryAt: Sample.time("10:42:21.000"),
                    reason: "connection refused"
                )
            )
        )
        #expect(rig.state.isLost)
        rig.send(.clock(Sample.time("10:42:16.300")))
        #expect(rig.text.contains("ost 4 s ago, retrying in 5 s"))
        rig.send(.clock(Sample.time("10:42:19.300")))
        try expectGolden(rig.screen, named: "collector-lost-\(columns)x\(rows)")
        rig.send(.clock(Sample.time("10:42:21.500")))
        #expect(rig.text.contains("ost 9 s ago, retrying ·"))
        rig.send(.connection(.connected))
        #expect(!rig.text.contains("ost 9 s ago"))
    }

    @Test func aSourceThatNeverAnsweredSaysWhy() {
        var rig = Self.nothing(Self.bucket, columns: 80, rows: 24)
        let now = Sample.time("10:42:12.000")
        let reason = "503 SlowDown"
        rig.send(.connection(.lost(source: Self.bucket, since: now, retryAt: now, reason: reason)))
        #expect(rig.text.contains("s3://spool/demo does not answer: \(reason)."))
    }

    @Test func aSourceThatCannotBeReadSaysWhyAndAsksNoMore() {
        var rig = Self.nothing(Self.bucket, columns: 80, rows: 24)
        rig.send(.connection(.connecting))
        rig.send(.connection(.failed("s3://spool/demo: 403 AccessDenied")))
        rig.type("j")
        #expect(rig.text.contains("   s3://spool/demo: 403 AccessDenied\n"))
        #expect(rig.text.contains("✗ s3://spool/demo"))
        #expect(!rig.text.contains("Asking"))
    }

    // MARK: Texts

    private static let now = Sample.time("10:42:00.000")

    @Test(
        arguments: [
            (EmptySource.Span.ever, nil, "no object yet"),
            (.last(3_600_000), Sample.time("08:12:30.000"), "no object in the last hour, last one 09:12"),
            (.last(7_200_000), nil, "no object in the last 2 h"), (.last(90_000), nil, "no object in the last 90 s"),
            (.last(604_800_000), nil, "no object in the last 7 d"),
            (.since(Sample.time("08:00:00.000")), nil, "no object since 09:00"),
            (
                .since(Sample.time("08:00:00.000")), Timestamp("2026-11-20T22:59:59Z"),
                "no object since 09:00, last one 2026-11-20 23:59"
            ),
        ] as [(EmptySource.Span, Timestamp?, String)]
    )
    func nothingIsSaidOfASpan(span: EmptySource.Span, newest: Timestamp?, text: String) {
        let empty = EmptySource(source: "s3://b", what: "object", span: span, newest: newest, now: Self.now)
        #expect(empty.text(offset: 3600) == text)
        var status = SourceStatus(pace: "listing every 5 s")
        status.requestsPerHour = 720
        #expect(status.emptyLine(offset: 0) == nil)
        status.empty = empty
        #expect(status.emptyLine(offset: 3600) == "s3://b: \(text) · listing every 5 s (720/h)")
    }

    @Test func ofOneFunction() {
        let empty = EmptySource(source: "https://c", what: "record", function: "orders", span: .ever, now: Self.now)
        #expect(empty.text(offset: 0) == "no record of orders yet")
    }

    // MARK: A filter to begin with

    @Test func aFilterStandsFromTheBeginning() {
        var configuration = Sample.configuration
        configuration.filter = "function=payment"
        var rig = UIRig(configuration)
        rig.begin()
        rig.change()
        #expect(rig.text.contains("2 of 8 match function=payment"))
        #expect(!rig.text.contains("thumbs  "))
        rig.type("<esc>")
        #expect(rig.text.contains("thumbs  "))
    }
}
