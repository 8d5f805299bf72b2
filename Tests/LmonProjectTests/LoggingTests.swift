import Testing

@testable import LmonProject

@Suite struct LoggingTests {
    private static let path = "/p/template.yaml"

    private static func environment(_ globals: String, _ own: String) throws -> [String: String] {
        let text = """
            Globals: {Function: {Runtime: nodejs22.x, LoggingConfig: {\(globals)}}}
            Resources:
              F:
                Type: AWS::Serverless::Function
                Properties: {CodeUri: ., Handler: x.h, LoggingConfig: {\(own)}}
            """
        return try discover([Self.path: text, "/p/x.js": ""]).functions[0].environment.mapValues(\.value)
    }

    @Test(arguments: [
        ("", "LogFormat: JSON", ["AWS_LAMBDA_LOG_FORMAT": "JSON"]),
        (
            "LogFormat: JSON, ApplicationLogLevel: warn", "ApplicationLogLevel: DEBUG",
            ["AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "DEBUG"]
        ),
        ("", "LogFormat: text", ["AWS_LAMBDA_LOG_FORMAT": "Text"]),
        ("SystemLogLevel: WARN", "LogGroup: mine", [:]),
    ])
    func aTemplatesLoggingReachesTheRuntime(globals: String, own: String, expected: [String: String]) throws {
        #expect(try Self.environment(globals, own) == expected)
    }

    @Test func aWrongFormatIsNamed() {
        let error = #expect(throws: ProjectError.self) { try Self.environment("", "LogFormat: yaml") }
        #expect(error?.code == .invalidValue(property: "LogFormat", value: "yaml", allowed: "one of Text, JSON"))
        #expect(error?.line == 5)
    }

    @Test func whatOneFunctionLacksStopsNoOther() throws {
        let text = """
            Resources:
              Good: {Type: AWS::Serverless::Function, Properties: {CodeUri: ., Handler: x.h, Runtime: nodejs22.x}}
              NoFile: {Type: AWS::Serverless::Function, Properties: {CodeUri: ., Handler: y.h, Runtime: nodejs22.x}}
              NoFolder: {Type: AWS::Serverless::Function, Properties: {CodeUri: z, Handler: x.h, Runtime: nodejs22.x}}
              NoHandler: {Type: AWS::Serverless::Function, Properties: {CodeUri: ., Runtime: nodejs22.x}}
            """
        let project = try discover([Self.path: text, "/p/x.js": ""])
        #expect(project.functions.map(\.name.value) == ["Good"])
        #expect(project.warnings.map(\.function) == ["NoFile", "NoFolder", "NoHandler"])
    }
}
