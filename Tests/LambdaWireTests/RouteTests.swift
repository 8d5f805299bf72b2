import LambdaWire
import Testing

@Suite struct RouteTests {
    @Test(arguments: [
        ("GET", "/2018-06-01/runtime/invocation/next", RouteMatch<RuntimeRoute>.route(.next)),
        ("GET", "/2018-06-01/runtime/invocation/next?x=1", .route(.next)),
        ("POST", "/2018-06-01/runtime/invocation/next", .wrongMethod),
        ("POST", "/2018-06-01/runtime/invocation/a-1/response", .route(.response(requestID: "a-1"))),
        ("POST", "/2018-06-01/runtime/invocation/a%2D1/error", .route(.error(requestID: "a-1"))),
        ("POST", "/2018-06-01/runtime/invocation//response", .route(.response(requestID: ""))),
        ("POST", "/2018-06-01/runtime/invocation/%f/response", .route(.response(requestID: ""))),
        ("PUT", "/2018-06-01/runtime/invocation/a/error", .wrongMethod),
        ("POST", "/2018-06-01/runtime/init/error", .route(.initError)),
        ("GET", "/2018-06-01/ping", .route(.ping)),
        ("GET", "/2018-06-01/runtime/restore/next", .notFound),
        ("POST", "/2018-06-01/runtime/invocation/a/response/b", .notFound),
        ("GET", "/2018-06-01", .notFound),
        ("GET", "", .notFound),
    ])
    func theRuntimeAPI(method: String, target: String, expected: RouteMatch<RuntimeRoute>) {
        #expect(RuntimeRoute.match(method: method, target: target) == expected)
    }

    @Test(
        arguments: [
            ("POST", "/2015-03-31/functions/orders/invocations", "orders", nil),
            ("POST", "/2015-03-31/functions/orders:live/invocations", "orders", "live"),
            ("POST", "/2015-03-31/functions/orders/invocations?Qualifier=%24LATEST", "orders", "$LATEST"),
            (
                "POST",
                "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Aorders/invocations",
                "orders", nil
            ),
            ("POST", "/2015-03-31/functions/123456789012:function:orders:7/invocations", "orders", "7"),
            ("POST", "/2015-03-31/functions/function/invocations", "function", nil),
        ] as [(String, String, String, String?)]
    )
    func theInvokeAPI(method: String, target: String, name: String, qualifier: String?) {
        let reference = FunctionReference(name: name, qualifier: qualifier)
        #expect(InvokeRoute.match(method: method, target: target) == .route(.invoke(reference)))
    }

    @Test(arguments: [
        ("GET", "/2015-03-31/functions/orders/invocations", RouteMatch<InvokeRoute>.wrongMethod),
        ("POST", "/2014-11-13/functions/a/invoke-async/", .route(.invokeAsync(FunctionReference(name: "a")))),
        ("POST", "/2015-03-31/functions/a%20b/invocations", .notFound),
        ("POST", "/2015-03-31/functions//invocations", .notFound),
        ("POST", "/2015-03-31/functions/a/invocations/x", .notFound),
        ("POST", "/2015-03-31/functions/%ff%fe/invocations", .notFound),
        ("POST", "/", .notFound),
    ])
    func whatIsNoInvocation(method: String, target: String, expected: RouteMatch<InvokeRoute>) {
        #expect(InvokeRoute.match(method: method, target: target) == expected)
    }

    @Test func garbageNeverTraps() {
        var random = SplitMix(seed: 7)
        let seeds = [
            "/2018-06-01/runtime/invocation/abc/response?x", "/2015-03-31/functions/a:b%24/invocations?Qualifier=%31&y",
        ]
        for _ in 0..<5000 {
            var bytes = Array(seeds[Int(random.next() % 2)].utf8)
            for _ in 0..<3 {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
            let target = String(decoding: bytes, as: UTF8.self)
            _ = RuntimeRoute.match(method: "POST", target: target)
            _ = InvokeRoute.match(method: "POST", target: target)
        }
    }
}

private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var value = self.state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
