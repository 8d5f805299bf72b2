import LmonModel
import LmonRecord
import LmonTestSupport
import LmonUI
import Testing

/// What lmon costs and what it could not do, as the view shows it.
@Suite struct OwnCostViewTests {
    /// An agent that samples and complains, two invocations, batches that came through and that did not.
    private static let observations: [Observation] =
        [
            .environment(), .initStart(),
            .make(
                .interceptor,
                nil,
                at: -200,
                #"{"language":"node","version":"22.20.0","loadMs":6,"problems":["LMON_CAPTURE=lots: headers are kept"]}"#
            ),
            .make(
                .agent,
                nil,
                at: -5,
                #"{"version":"1.0.0","readyMs":3.2,"telemetry":true,"bare":false,"sample":0.05,"problems":["LMON_BUDGET_MS=soon: 20 holds"]}"#
            ),
            .initReport(),
        ]
        + Observation.invocation("r1", at: 0) + [
            .make(.overhead, "r1", at: 186, #"{"interceptorMs":0.2}"#),
            .make(
                .overhead,
                "r1",
                at: 188,
                #"{"heldMs":0.4,"interceptorMs":0.1,"rssBytes":14000000,"shippedBytes":2100,"records":12}"#
            ),
            .make(
                .delivery,
                nil,
                at: 200,
                #"{"sink":"collector","records":12,"bytes":2100,"ms":4,"outcome":"ok","status":200}"#
            ),
            .make(
                .delivery,
                nil,
                at: 300,
                #"{"sink":"webhook","records":1,"bytes":900,"ms":34,"outcome":"retry","status":503}"#
            ),
            .make(
                .delivery,
                nil,
                at: 400,
                #"{"sink":"collector","records":3,"bytes":900,"ms":2,"outcome":"dropped","message":"connection refused"}"#
            ),
            .make(.dropped, nil, at: 500, #"{"count":4,"reason":"memory","sink":"interceptor"}"#),
        ]
        + Observation.invocation("r2", at: 1_000) + [.make(.overhead, "r2", at: 1_190, #"{"heldMs":5.1}"#)]

    private static let model: Model = {
        var model = Model()
        model.apply(contentsOf: Record.numbered(Self.observations))
        return model
    }()

    @Test(
        arguments: [(80, 24), (120, 40), (40, 10)],
        [
            ("", "own-list"), ("g<enter>", "own-start"), ("g<enter><enter>", "own-start-detail"),
            ("gj<enter>", "own-invocation"), ("4", "own-environment"), ("5G", "own-statistics"),
        ]
    )
    func afterKeys(size: (Int, Int), script: (String, String)) throws {
        try SampleSession.expectGolden(script.1, after: script.0, Self.model, size: size)
    }
}
