import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct FilterPropertyTests {
    private static let conditions = [
        "ada", "\"slow card\"", "\"and\"", "\"say \\\"x\\\"\"", "cold", "error", "late", "retry", "call.error",
        "timeout",
        "function=orders", "status>=500", "status=4xx", "status!=200", "host~stripe", "host!~api", "method=POST",
        "path=/v1/charges", "message=\"\"", "message~'(x)'", "level>=warn", "duration>1s", "call.duration<30ms",
        "size>=1.5kB", "memory<128MB", "type=http.request", "calls>2", "attempt=2", "header.accept~json",
        "outcome=success",
        "/a|b/", "/x y/i", "path~/v1/", "path~'/v1/'", "body!~/\\d+\\//x", "environment=a3", "log.error", "inflight",
        "invocation.duration<200",
    ]

    private static func expression(_ random: inout SeededGenerator, depth: Int) -> String {
        if depth == 0 || random.chance(30) { return random.pick(Self.conditions) }
        let left = Self.expression(&random, depth: depth - 1)
        switch random.int(0..<4) {
        case 0: return "not (\(left))"
        case 1: return "(\(left)) (\(Self.expression(&random, depth: depth - 1)))"
        case 2: return "(\(left)) and \(Self.expression(&random, depth: depth - 1))"
        default: return "(\(left)) or (\(Self.expression(&random, depth: depth - 1)))"
        }
    }

    @Test(arguments: 1...200)
    func printedAndReadAgainItIsTheSame(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let filter = try Filter(Self.expression(&random, depth: 4))
        let again = try Filter(filter.description)
        #expect(again == filter)
        #expect(again.description == filter.description)
    }

    @Test(arguments: 1...200)
    func notTurnsEveryAnswerAndDeMorganHolds(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let one = Self.expression(&random, depth: 3)
        let other = Self.expression(&random, depth: 3)
        let filter = try Filter(one)
        #expect(try Filter("not not (\(one))") == filter)
        #expect(try Filter("not ((\(one)) and (\(other)))") == Filter("not (\(one)) or not (\(other))"))
        #expect(try Filter("not ((\(one)) or (\(other)))") == Filter("not (\(one)) and not (\(other))"))
        let negated = try Filter("not (\(one))")
        let invocation = FilterTests.invocation
        #expect(negated.matches(invocation) != filter.matches(invocation))
        for call in invocation.calls {
            #expect(
                negated.matches(call, function: "orders", in: invocation)
                    != filter.matches(call, function: "orders", in: invocation)
            )
        }
    }

    /// What a summary says is what the detail says.
    @Test(arguments: 1...200)
    func aSummaryNeverContradictsTheDetail(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let filter = try Filter(Self.expression(&random, depth: 3))
        let invocation = FilterTests.invocation
        if let said = filter.matches(InvocationSummary(invocation)) { #expect(said == filter.matches(invocation)) }
    }

    private static let pieces = [
        "(", ")", " ", "not ", "and", " or ", "=", "!=", "~", "!", "<", ">=", "\"", "'", "\\", "/", "status", "host",
        "cold",
        "duration", "5xx", "1.5s", "é", "\u{301}", "\u{0}", "\u{1B}[2J", "🦀", "header.", "call.",
        "999999999999999999999", "\n",
        ".", "-", "/a/", "~/", "/i", "[", "(?:", "*", "{2}", "\\p{L}",
    ]

    @Test(arguments: 1...500)
    func garbageIsAFilterOrAnErrorWithinTheText(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let text = (0..<random.int(0..<14)).map { _ in random.pick(Self.pieces) }.joined()
        do throws(FilterError) {
            let filter = try Filter(text)
            _ = filter.matches(FilterTests.invocation)
            let again = try Filter(filter.description)
            #expect(again == filter, "\(text.debugDescription) is printed as \(filter)")
        } catch {
            #expect((1...text.unicodeScalars.count + 1).contains(error.column))
        }
    }
}
