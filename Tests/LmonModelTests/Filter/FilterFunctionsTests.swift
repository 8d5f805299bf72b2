import LmonModel
import Testing

/// Which functions an expression is limited to: whose records need not even be fetched.
@Suite struct FilterFunctionsTests {
    private static let names = ["orders", "Orders", "payment", "thumbs"]

    @Test(arguments: [
        ("function=orders", ["orders", "Orders"]), ("function=Orders", ["Orders"]),
        ("function=orders and status>=500", ["orders", "Orders"]),
        ("host~x (function=payment or function=thumbs) cold", ["payment", "thumbs"]),
        ("function~pay", ["payment"]), ("function~/^(pay|thu)/", ["payment", "thumbs"]),
        ("not function=payment", ["orders", "Orders", "thumbs"]),
        ("function!=payment words", ["orders", "Orders", "thumbs"]),
        ("function=orders function=payment", []), ("not (function=orders or status>=500)", ["payment", "thumbs"]),
        // Something else may match, too.
        ("function=orders or status>=500", Self.names), ("orders", Self.names), ("status>=500", Self.names),
        ("not (function=orders and cold)", Self.names), ("environment=E1", Self.names),
    ])
    func othersCannotMatch(text: String, functions: [String]) throws {
        let filter = try Filter(text)
        #expect(Self.names.filter { filter.mayMatch(function: $0) } == functions)
    }

    @Test(arguments: [
        ("function=Orders", "Orders"), ("function=Stack-Orders-1A2B status>=500", "Stack-Orders-1A2B"),
        ("cold and function=\"My Orders\"", "My Orders"), ("function=123", "123"),
        // Any case, another function, or none.
        ("function=orders", nil), ("function~Orders", nil), ("function=Orders or cold", nil), ("function!=Orders", nil),
        ("not function=Orders", nil), ("Orders", nil),
    ])
    func oneMayBeDemandedByItsExactName(text: String, function: String?) throws {
        #expect(try Filter(text).onlyFunction == function)
    }

    @Test(
        arguments: [
            (nil, "orders", "function=orders"), (nil, nil, nil),
            ("status>=500", "orders", "function=orders and status>=500"),
            ("function=orders", "payment", "function=payment"), ("function=orders", nil, nil),
            ("status>=500 function=orders cold", "thumbs", "function=thumbs and status>=500 and cold"),
            ("status>=500 or cold", "orders", "function=orders and (status>=500 or cold)"),
            ("function~ord", "a b(c", "function=\"a b(c\" and function~ord"), ("function=a and cold", nil, "cold"),
        ] as [(String?, String?, String?)]
    )
    func anotherFunctionIsChosen(text: String?, function: String?, result: String?) throws {
        let chosen = Filter.choosing(function: function, in: try text.map { try Filter($0) })
        #expect(chosen?.description == result)
        #expect(chosen?.chosenFunction == function)
    }
}
