import LmonModel
import LmonRecord
import LmonScreen
import LmonUI

/// A session whose every text tries to get at the terminal, or is wider or narrower than it looks.
enum Hostile {
    static let escape = "\u{1B}[2J\u{1B}]52;c;cm0=\u{07}\u{9B}31m"
    static let bidi = "user\u{202E}nimda\u{2066}"
    static let clusters = "👨‍👩‍👧‍👦🇨🇭👍🏽❤️ e\u{301}\u{302} 日本語 한국 שלום"

    static func rig(columns: Int, rows: Int) -> UIRig {
        let id = Sample.id("4ac8")
        let start = Sample.time("10:42:09.540")
        var invocation = Invocation(id: id, function: "日本\u{1B}[31mfn", firstSeen: start)
        invocation.start = start
        invocation.handlerDuration = 90
        invocation.runtimeStatus = .success
        invocation.reportDuration = 92
        invocation.event = Body(
            .text("\u{1B}c\u{0}\u{8}not json \(Self.clusters)\r\nsecond line\tafter a tab"),
            size: 60
        )
        var call = Sample.call(
            "1-0-1",
            id,
            "G\u{1B}ET",
            "https://日本.test/\(Self.escape)?q=\(Self.bidi)",
            200,
            at: start,
            5,
            60
        )
        let name = "{\"\\u001b[0m\(Self.clusters)\":\"\(Self.bidi)\",\"zalgo\":\"a"
        call.responseBody = Body(
            .text(
                name + String(repeating: "\u{301}", count: 60)
                    + "b\",\"n\":1e400,\"long\":\"\(String(repeating: "ab日", count: 60))\"}"
            ),
            size: 900
        )
        call.responseHeaders = [Header("x-\u{1B}]0;title\u{7}", "a\u{200B}b\u{FEFF}")]
        invocation.calls = [call]
        invocation.logs = [
            LogLine(time: start, level: .info, text: "\(Self.escape) \(Self.bidi)"),
            LogLine(time: start, level: .error, text: "one\n\ttwo \(Self.clusters)\nthree"),
            LogLine(time: start, text: "\u{301}\u{200D}alone"),
        ]
        let summary = ListRow.invocation(
            InvocationSummary(
                id: id,
                function: invocation.function,
                time: start,
                state: .finished(.success),
                duration: 92,
                calls: 1,
                note: Self.escape
            )
        )
        let event = Sample.lifecycle(1, at: "10:42:09.000", ["env a3", Self.escape, Self.clusters, Self.bidi])
        var totals = Sample.totals
        totals.functions = [invocation.function, "\u{202E}x"]
        var configuration = Sample.configuration
        configuration.source = "tcp://\u{1B}[1mhost"
        configuration.functions = [invocation.function]
        var rig = UIRig(
            configuration,
            columns: columns,
            height: rows,
            rows: [event, summary],
            details: [InvocationDetail(invocation)],
            totals: totals
        )
        rig.change()
        return rig
    }
}
