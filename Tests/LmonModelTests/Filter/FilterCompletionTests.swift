import LmonModel
import Testing

@Suite struct FilterCompletionTests {
    private static var seen: FilterVocabulary {
        var seen = FilterVocabulary()
        seen.functions = ["orders", "my function"]
        for (method, url, status) in [
            ("GET", "https://api.stripe.com/v1", 200), ("PURGE", "https://cdn.test/x", 503),
            ("GET", "https://api.test/", 404),
        ] {
            var call = Call(id: "1", invocation: InvocationID(environment: "e", requestID: "r"))
            (call.method, call.url, call.status) = (method, URLText(url), status)
            seen.note(call)
        }
        return seen
    }

    /// `|` is the cursor.
    private func completion(_ text: String) throws -> FilterCompletion {
        let cursor = try #require(text.firstIndex(of: "|"))
        let whole = text.replacing("|", with: "")
        return FilterCompletion(whole, cursor: text.distance(from: text.startIndex, to: cursor), seen: Self.seen)
    }

    @Test(arguments: [
        ("st|", ["status"]), ("cold and hea|", ["header."]), ("STAT|", ["status"]),
        ("mem|", ["memory", "memory.limit"]),
        ("cold o|", ["or", "operation", "outcome"]), ("o|", ["operation", "outcome"]),
        ("(no|", ["not"]), ("status|", ["=", "!=", "<", "<=", ">", ">="]), ("host|", ["=", "!=", "~", "!~"]),
        ("host!|", ["!=", "!~"]), ("cold|", []), ("header.x|", ["=", "!=", "~", "!~"]),
        ("memory|", ["=", "!=", "<", "<=", ">", ">=", "memory.limit"]),
        ("status=5|", ["5xx", "503"]), ("status>=5|", ["500", "503"]), ("status=2|", ["2xx", "200"]),
        ("host~stripe|", ["api.stripe.com"]), ("host = api|", ["api.test", "api.stripe.com"]),
        ("method=P|", ["PURGE", "POST", "PUT", "PATCH"]), ("level>=w|", ["warn"]), ("level~w|", []),
        ("call.outcome=|", ["complete", "unread", "aborted", "error"]),
        ("function=|", ["orders", "my function"]), ("function=\"my f|", ["my function"]),
        ("path~/users|", []), ("path~/users and st|", ["status"]), ("\"st|", []), ("/st|", []),
        ("/a b/i st|", ["status"]),
        ("path~/a b/ st|", ["status"]), ("zebra=|", []), ("st|atus", ["status"]), ("body~'st' st|", ["status"]),
    ])
    func candidates(text: String, labels: [String]) throws {
        #expect(try self.completion(text).candidates.map(\.label) == labels, "\(text)")
    }

    @Test(arguments: [
        ("cold st|", "cold status"), ("function=m|", "function=\"my function\""),
        ("function='my f|' cold", "function=\"my function\" cold"), ("host~str| cold", "host~api.stripe.com cold"),
        ("status|", "status="), ("é 👩‍👩‍👧 st|", "é 👩‍👩‍👧 status"),
    ])
    func theFirstInItsPlace(text: String, result: String) throws {
        let completion = try self.completion(text)
        var characters = Array(text.replacing("|", with: ""))
        characters.replaceSubrange(completion.range, with: try #require(completion.candidates.first).text)
        #expect(String(characters) == result)
        _ = try? Filter(result)
    }

    @Test func anEmptyPlaceIsForACondition() throws {
        #expect(try self.completion("|").candidates.first?.label == "status")
        #expect(try self.completion("|").isBegun == false)
        #expect(try self.completion("cold |").candidates.prefix(2).map(\.label) == ["and", "or"])
        #expect(try self.completion("cold and |").candidates.first?.label == "status")
        #expect(try self.completion("st|").candidates.first?.help == "of a call")
    }

    @Test func whatWasSeenIsBounded() {
        var seen = FilterVocabulary()
        for number in 0..<1000 {
            var call = Call(id: "1", invocation: InvocationID(environment: "e", requestID: "r"))
            call.url = URLText("https://h\(number).test/")
            seen.note(call)
        }
        #expect(seen.hosts.count == FilterVocabulary.limit)
        #expect(seen.hosts.first == "h999.test")
    }
}
