import Testing

@testable import LmonProject

@Suite struct VariablesFileTests {
    @Test(arguments: [
        (#"{"orders": {"A": "1"}}"#, ["A": "1"]),
        (#"{"Parameters": {"A": "1", "B": "2"}, "orders": {"B": "3"}}"#, ["A": "1", "B": "3"]),
        (#"{"other": {"A": "1"}}"#, [:]),
        (#"{"orders": {"A": 1.50, "B": true, "C": null, "D": "😀"}}"#, ["A": "1.50", "B": "true", "D": "😀"]),
        (#"{"FunctionName": "orders", "Environment": {"Variables": {"A": "1"}}, "Timeout": 3}"#, ["A": "1"]),
        (#"{"FunctionName": "other", "Environment": {"Variables": {"A": "1"}}}"#, [:]),
        (#"{"Environment": {"Variables": {"A": "1"}}}"#, ["A": "1"]),
    ])
    func readsBothFormsOfJSON(text: String, expected: [String: String]) throws {
        let file = try VariablesFile(json: text, path: "env.json")
        #expect(file.variables(of: "orders").mapValues(\.value) == expected)
    }

    @Test(arguments: [
        ("[]", "env.json: is not the JSON expected here: an object is needed"),
        (
            #"{"A": "1"}"#,
            #"env.json: is not the JSON expected here: {"FUNCTION": {"NAME": "value"}} is needed"#
        ),
        (#"{"orders": {"A": ["1"]}}"#, "env.json: is not the JSON expected here: A has to be text"),
    ])
    func refusesOtherJSON(text: String, expected: String) {
        let error = #expect(throws: ProjectError.self) { try VariablesFile(json: text, path: "env.json") }
        #expect(error?.description == expected)
    }

    @Test func brokenJSONNamesItsLine() {
        let error = #expect(throws: ProjectError.self) { try VariablesFile(json: "{\n \"a\":\n ]", path: "env.json") }
        #expect(error?.line == 3)
    }

    @Test(arguments: [
        ("A=1\nB=2", ["A": "1", "B": "2"]),
        ("# comment\n\n  export A = 1  \r\n", ["A": "1"]),
        ("A=one two # three\nB=a#b", ["A": "one two", "B": "a#b"]),
        (#"A="x # \"y\"\n\\" # z"#, ["A": "x # \"y\"\n\\"]),
        ("A='$x \\n' # z", ["A": "$x \\n"]),
        ("A=\nB=a=b", ["A": "", "B": "a=b"]),
        ("A=1\nA=2", ["A": "2"]),
    ])
    func readsDotEnv(text: String, expected: [String: String]) throws {
        let file = try VariablesFile(env: text, path: ".env")
        #expect(file.variables(of: "any").mapValues(\.value) == expected)
    }

    @Test func aLineOfDotEnvThatIsNeitherIsAnError() {
        let error = #expect(throws: ProjectError.self) { try VariablesFile(env: "A=1\nnonsense", path: ".env") }
        #expect(error?.description == ".env:2: this line is neither; it has to be NAME=value or a # comment")
    }

    @Test(
        arguments: [
            ("Hander", "Handler"), ("handler", "Handler"), ("Timout", "Timeout"), ("MemorySzie", "MemorySize"),
            ("Handler", nil), ("CodeUrl", nil), ("Whatever", nil),
        ] as [(String, String?)]
    )
    func findsWhatWasMeant(name: String, expected: String?) {
        #expect(Spelling.nearest(to: name, among: ["Handler", "Timeout", "MemorySize", "Runtime"]) == expected)
    }
}
