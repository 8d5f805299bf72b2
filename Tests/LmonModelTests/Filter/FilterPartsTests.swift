import LmonModel
import Testing

@Suite struct FilterPartsTests {
    @Test(arguments: [
        ("function=orders", "function=orders"), ("function=orders and status>=500", "function=orders"),
        ("host~x (function=a or environment=E1) cold", "function=a or environment=E1"),
        ("not function=a and environment~E and words", "not function=a and environment~E"),
        ("function=a or status>=500", nil), ("words", nil), ("type=function", nil),
    ])
    func whatIsAskedOfTheEnvironmentStandsAlone(text: String, part: String?) throws {
        #expect(try Filter(text).environmentPart == part.map { try Filter($0) })
    }

    @Test(arguments: [
        ("cold", "cold"), ("status>=500 or not billed>1s", "billed"), ("requestId=r1", nil), ("words and host~x", nil),
        ("function=a type=function message~x", nil), ("(a or (b and calls>3))", "calls"),
    ])
    func whatNoRecordTellsByItselfIsNamed(text: String, field: String?) throws {
        #expect(try Filter(text).wholeInvocationField == field)
    }
}
