import LmonModel
import Testing

@Suite struct FilterErrorTests {
    @Test(arguments: [
        ("", 1, "expected a condition"), ("   ", 4, "expected a condition"), ("cold and", 9, "expected a condition"),
        ("or cold", 1, "expected a condition"), ("not", 4, "expected a condition"), ("()", 2, "expected a condition"),
        ("(cold", 6, "expected ) here"), ("cold)", 5, "there is no ( for this )"),
        ("(cold or (error)", 17, "expected ) here"),
        ("statsu>=500", 1, "no field statsu; did you mean status?"),
        ("cold hots~stripe", 6, "no field hots; did you mean host?"),
        ("Duraton>1s", 1, "no field Duraton; did you mean duration?"),
        ("env=a3", 1, "no field env; did you mean environment?"),
        ("msg~x", 1, "no field msg; did you mean message?"),
        ("call.statu=1", 1, "no field call.statu; did you mean status?"),
        ("zebra=1", 1, "no field zebra"),
        ("header=x", 1, "no field header; did you mean header.NAME?"),
        ("status~50", 7, "status cannot be compared by ~, only by = != < <= > >="),
        ("host>=a", 5, "host cannot be compared by >=, only by = != ~ !~"),
        ("cold=true", 5, "expected cold alone, without a comparison"),
        ("status>=", 9, "expected a status such as 404 or 4xx"),
        ("status>= and cold", 10, "status is compared with a status such as 404 or 4xx, not and"),
        ("status=(200)", 8, "expected a status"), ("status>5xx", 8, "a status such as"),
        ("duration>1x", 10, "duration is compared with a duration such as 250ms or 1.5s, not 1x"),
        ("duration>-1s", 10, "not -1s"), ("duration>1.2.3s", 10, "not 1.2.3s"), ("size>1ms", 6, "a size such as"),
        ("size>nan", 6, "not nan"), ("memory>1kB", 8, "an amount of memory"), ("level>=loud", 8, "trace, debug, info"),
        ("calls=many", 7, "a number"),
        (">500", 1, "expected the name of a field"), ("\"status\">=500", 9, "expected the name of a field"),
        ("https://a.b/c?d=1", 16, "expected the name of a field"),
        ("cold \"ada", 6, "the string that begins here has no end"), ("message='x", 9, "has no end"),
        ("/users", 1, "that begins here has no end; in quotes, \"/users\" finds the text"),
        ("cold //", 6, "has no end"),
        ("cold and not /(x/", 17, "in the regular expression: missing closing parenthesis"),
        ("path~/é[/", 9, "missing terminating ] for character class"), ("/*/", 2, "quantifier does not follow"),
        ("/a\\C/", 5, "\\C is disabled"), ("/users/4", 8, "expected i, x or a blank behind"),
        ("/a/g", 4, "expected i, x or a blank behind"), ("/a\\/", 1, "has no end"),
        ("!cold", 1, "expected not, where ! stands"), ("é and (", 8, "expected a condition"),
    ])
    func isNamedWithItsPlace(text: String, column: Int, reason: String) throws {
        let error = try #require(throws: FilterError.self) { try Filter(text) }
        #expect(error.column == column, "\(error)")
        #expect(error.reason.contains(reason), "\(error)")
        #expect(error.description == "column \(column): \(error.reason)")
    }

    @Test func lengthAndDepthAreBounded() throws {
        let long = try #require(throws: FilterError.self) { try Filter(String(repeating: "a ", count: 3000)) }
        #expect(long.code == .tooLong(limit: 4096))
        for text in [String(repeating: "(", count: 1000), String(repeating: "not ", count: 1000)] {
            let deep = try #require(throws: FilterError.self) { try Filter(text) }
            #expect(deep.code == .tooDeep(limit: 64))
        }
        _ = try Filter(Array(repeating: "cold", count: 800).joined(separator: " "))
        _ = try Filter(String(repeating: "(", count: 60) + "cold" + String(repeating: ")", count: 60))
    }
}
