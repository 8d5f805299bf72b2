import Testing

@testable import LmonProject

@Suite struct TemplateTests {
    private static let path = "/p/template.yaml"

    private static let shop = """
        AWSTemplateFormatVersion: '2010-09-09'
        Transform: AWS::Serverless-2016-10-31
        Parameters:
          Stage: {Type: String, Default: dev}
          Limit: {Type: Number, Default: 010}
        Mappings:
          Sizes: {dev: {Big: 256}, prod: {Big: 1024}}
        Conditions:
          IsProd: !Equals [!Ref Stage, prod]
          IsDev: !Not [!Condition IsProd]
        Globals:
          Function:
            Runtime: nodejs22.x
            Timeout: 7
            Environment:
              Variables: {STAGE: !Ref Stage, COLOUR: red, BOTH: global}
        Resources:
          Table:
            Type: AWS::DynamoDB::Table
            Properties: {TableName: orders-table}
          Queue: {Type: AWS::SQS::Queue}
          Orders:
            Type: AWS::Serverless::Function
            Properties:
              FunctionName: !Sub '${AWS::StackName}-orders-${Stage}'
              CodeUri: orders/
              Handler: src/app.handler
              MemorySize: !FindInMap [Sizes, !Ref Stage, Big]
              Architectures: [arm64]
              Environment:
                Variables:
                  BOTH: own
                  LIMIT: !Ref Limit
                  TABLE: !Ref Table
                  QUEUE: !Ref Queue
                  QUEUE_ARN: !GetAtt Queue.Arn
                  LONG: {"Fn::Join": ["-", [a, !Ref Stage, {Ref: "AWS::Region"}]]}
                  URL: !Sub ['https://${Host}/${!literal}', {Host: !Ref Stage}]
                  GONE: !If [IsProd, x, !Ref AWS::NoValue]
                  PICKED: !Select [1, !Split [",", "a,b,c"]]
                  IMPORTED: !ImportValue shared-vpc
                  EMPTY:
              Events:
                Get: {Type: HttpApi, Properties: {Method: get, Path: /orders, Auth: {x: 1}}}
          Inline:
            Type: AWS::Lambda::Function
            Properties:
              Handler: index.handler
              Runtime: nodejs20.x
              Code: {ZipFile: "exports.handler = 1"}
          OnlyProd:
            Type: AWS::Serverless::Function
            Condition: IsProd
            Properties: {Handler: x.y}
          Report:
            Type: AWS::Serverless::Function
            Properties: {CodeUri: ./report, Handler: app.main, Runtime: java21}
        """

    private static let table = [
        path: shop, "/p/orders/src/app.ts": "", "/p/report/app.js": "", "/cache/index.js-19/index.js": "",
    ]

    @Test func readsASAMTemplate() throws {
        let project = try discover(Self.table)
        #expect(project.template == Self.path)
        #expect(project.functions.map(\.name.value) == ["lmon-orders-dev", "Inline"])
        let orders = project.functions[0]
        #expect(orders.name.place == SourcePlace(path: Self.path, line: 25))
        #expect(orders.handler == Sourced("src/app.handler", SourcePlace(path: Self.path, line: 27)))
        #expect(orders.runtime == Sourced("nodejs22.x", SourcePlace(path: Self.path, line: 13)))
        #expect(orders.codeFolder == Sourced("/p/orders", SourcePlace(path: Self.path, line: 26)))
        #expect(orders.handlerFile == "/p/orders/src/app.ts")
        #expect(orders.timeoutSeconds == Sourced(7, SourcePlace(path: Self.path, line: 14)))
        #expect(orders.memoryMB.value == 256)
        #expect(orders.architecture?.value == "arm64")
        #expect(
            orders.environment.mapValues(\.value) == [
                "STAGE": "dev", "COLOUR": "red", "BOTH": "own", "LIMIT": "010", "TABLE": "orders-table",
                "QUEUE": "Queue", "LONG": "a-dev-us-east-1", "URL": "https://dev/${literal}", "PICKED": "b",
                "EMPTY": "",
            ]
        )
        #expect(orders.environment["BOTH"]?.place?.line == 32)
        #expect(
            orders.events == [
                FunctionEvent(
                    name: "Get",
                    type: "HttpApi",
                    properties: ["Method": "get", "Path": "/orders"],
                    place: SourcePlace(path: Self.path, line: 44)
                )
            ]
        )
        // Lambda's own defaults, where a template says nothing.
        #expect(project.functions[1].timeoutSeconds.value == 3)
        #expect(project.functions[1].memoryMB.value == 128)
        #expect(project.functions[1].codeFolder.value == "/cache/index.js-19")
        #expect(
            project.warnings.map(\.description) == [
                "\(Self.path):41: lmon-orders-dev: IMPORTED (!ImportValue shared-vpc) is not set here; "
                    + "give it with --env-vars",
                "\(Self.path):35: lmon-orders-dev: QUEUE (!Ref Queue) is Queue here; give it with --env-vars",
                "\(Self.path):36: lmon-orders-dev: QUEUE_ARN (!GetAtt Queue.Arn) is not set here; "
                    + "give it with --env-vars",
                "\(Self.path):57: Report: java21 cannot run here yet; lmon runs nodejs, python and provided functions",
            ]
        )
    }

    @Test func variablesThatAreGivenNeedNoWarningAndWin() throws {
        let variables = try VariablesFile(
            json:
                #"{"Parameters": {"IMPORTED": "a", "COLOUR": "blue"}, "lmon-orders-dev": {"QUEUE": 1, "QUEUE_ARN": "c"}}"#,
            path: "/p/env.json"
        )
        let project = try discover(Self.table, options: DiscoveryOptions(variables: [variables]))
        #expect(project.warnings.map(\.function) == ["Report"])
        let environment = project.functions[0].environment
        #expect(environment["QUEUE"] == Sourced("1", SourcePlace(path: "/p/env.json")))
        #expect(environment["COLOUR"]?.value == "blue")
        #expect(environment["QUEUE_ARN"]?.value == "c")
        #expect(project.functions[1].environment["IMPORTED"]?.value == "a")
    }

    @Test func parametersThatAreGivenWinOverDefaults() throws {
        var table = Self.table
        table["/p/x.js"] = ""
        let project = try discover(table, options: DiscoveryOptions(parameters: ["Stage": "prod"]))
        #expect(project.functions.map(\.name.value) == ["lmon-orders-prod", "Inline", "OnlyProd"])
        #expect(project.functions[0].memoryMB.value == 1024)
        #expect(project.functions[0].environment["GONE"]?.value == "x")
    }

    @Test func jsonAndAnchorsAreYAMLToo() throws {
        let json = #"""
            {"Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": {
            	"Handler": "index.handler", "Runtime": "nodejs20.x", "Environment": {"Variables": {"A": {"Ref": "AWS::Region"}}}}}}}
            """#
        let fromJSON = try discover(["/p/t.json": json, "/p/index.js": ""], "t.json")
        #expect(fromJSON.functions[0].environment["A"]?.value == "us-east-1")
        let anchors = """
            Common: &common {Runtime: nodejs20.x, Handler: index.handler, Timeout: 9}
            Resources:
              A: {Type: AWS::Serverless::Function, Properties: {<<: *common, Timeout: 5}}
            """
        let fromYAML = try discover(["/p/t.yml": anchors, "/p/index.js": ""], "t.yml")
        #expect(fromYAML.functions[0].timeoutSeconds.value == 5)
        #expect(fromYAML.functions[0].runtime.value == "nodejs20.x")
    }

    private static func function(_ properties: String, type: String = "AWS::Serverless::Function") -> String {
        "Resources:\n  F:\n    Type: \(type)\n    Properties: {\(properties)}\n"
    }

    @Test(arguments: [
        ("Resources:\n  F: [", "3: is not YAML: did not find expected node content"),
        ("Resources:\n\tF: 1", "2: is not YAML: found character that cannot start any token"),
        ("A: 1\nA: 2", "1: is not YAML: A stands there twice"),
        ("", " is not YAML: the file is empty"),
        ("Foo: 1", " Resources is missing"),
        ("Resource: {}", "1: unknown property Resource; did you mean Resources?"),
        (
            "Resources: {}",
            " there is no AWS::Serverless::Function or AWS::Lambda::Function under Resources"
        ),
        (function("Hander: index.handler"), "4: F: unknown property Hander; did you mean Handler?"),
        (function("handler: index.handler"), "4: F: unknown property handler; did you mean Handler?"),
        (
            function("Handler: a.b", type: "AWS::Serverless::Functon"),
            "3: F: unknown property AWS::Serverless::Functon; did you mean AWS::Serverless::Function?"
        ),
        ("Globals: {Function: {Timout: 3}}\nResources: {}", "1: unknown property Timout; did you mean Timeout?"),
        (function("Handler: index.handler"), "2: F: Runtime is missing"),
        (function("Runtime: nodejs22.x"), "2: F: Handler is missing"),
        (
            function("Handler: a.b, Runtime: nodejs22.x, Timeout: 901"),
            "4: F: Timeout is 901; it has to be a number from 1 to 900"
        ),
        (
            function("Handler: a.b, Runtime: nodejs22.x, MemorySize: lots"),
            "4: F: MemorySize is lots; it has to be a number from 128 to 10240"
        ),
        (function("Handler: a.b, Runtime: nodejs22.x"), "4: F: handler a.b: there is no /p/a.js, .mjs, .cjs or .ts"),
        (function("Handler: a.b, Runtime: nodejs22.x, CodeUri: gone"), "4: F: its code folder /p/gone does not exist"),
        (
            function("Handler: a.b, Runtime: nodejs22.x, CodeUri: build/code.zip"),
            "4: F: build/code.zip: archives are not supported yet; point CodeUri at the folder that was packed"
        ),
        (
            function("Handler: a.b, Runtime: nodejs22.x, CodeUri: {Bucket: b, Key: k}"),
            "4: F: code on S3 is not here; point CodeUri at a folder"
        ),
        (
            function("PackageType: Image, ImageUri: x"),
            "2: F: container images are not supported yet; give lmon the function's folder instead"
        ),
        (
            function("Handler: gone.main, Runtime: python3.12"),
            "4: F: handler gone.main: there is no /p/gone.py"
        ),
        (
            function("Handler: a.b, Runtime: ruby3.3"),
            "4: F: ruby3.3 cannot run here yet; lmon runs nodejs, python and provided functions"
        ),
    ])
    func errorsNameTheLineAndTheRemedy(text: String, expected: String) {
        let error = #expect(throws: ProjectError.self) { try discover([Self.path: text, "/p/x.js": ""]) }
        #expect(error?.description == "\(Self.path):\(expected)")
    }

    /// Only Python's, whose packages `sam build` puts beside the code; and only while the source is not newer.
    @Test(arguments: [
        ("python3.12", 20.0, "/p/.aws-sam/build/F", "runs from /p/.aws-sam/build/F; after a change: sam build"),
        (
            "python3.12", 5.0, "/p",
            "/p/.aws-sam/build/F is older than /p, which runs instead, without its packages; sam build brings both together"
        ),
        ("nodejs22.x", 20.0, "/p", nil),
    ])
    func aPythonFunctionRunsFromItsBuildUnlessThatIsOld(
        runtime: String,
        built: Double,
        folder: String,
        warning: String?
    ) throws {
        let table = [
            Self.path: Self.function("Handler: x.y, CodeUri: ., Runtime: \(runtime)"), "/p/x.js": "", "/p/x.py": "",
            "/p/.aws-sam/build/F/x.py": "", "/p/.aws-sam/build/template.yaml": "",
        ]
        // What tells times on a disk leaves hidden folders out; here, the source is one file.
        let written = ["/p/.aws-sam/build/template.yaml": built]
        let files = ProjectFiles(
            currentFolder: "/p",
            kind: files(table).kind,
            read: files(table).read,
            written: { $0 == "/p" ? 10 : written[$0] }
        )
        let project = try Project.discover(".", options: DiscoveryOptions(), files: files)
        #expect(project.functions.first?.codeFolder.value == folder)
        #expect(project.functions.first?.handlerFile == "\(folder)/x.\(runtime.hasPrefix("python") ? "py" : "js")")
        #expect(project.warnings.map(\.message) == [warning].compactMap { $0 })
    }

    @Test func newPropertiesOfAWSAreNoTypos() throws {
        let text = Self.function("Handler: x.y, Runtime: nodejs22.x, SomethingNewIn2027: 1")
        #expect(try discover([Self.path: text, "/p/x.js": ""]).functions.count == 1)
    }

    @Test func twoFunctionsOfOneNameAreRefused() {
        let one = "{Type: AWS::Serverless::Function, Properties: {FunctionName: x, Handler: x.y, Runtime: nodejs22.x}}"
        let error = #expect(throws: ProjectError.self) {
            try discover([Self.path: "Resources:\n  A: \(one)\n  B: \(one)", "/p/x.js": ""])
        }
        #expect(error?.code == .duplicateName("x"))
        #expect(error?.line == 3)
    }

    @Test func conditionsAndFunctionsThatCircleEnd() throws {
        let text = """
            Conditions: {A: !Condition B, B: !Condition A}
            Resources:
              F:
                Type: AWS::Serverless::Function
                Condition: A
                Properties:
                  Handler: x.y
                  Runtime: nodejs22.x
                  Environment: {Variables: {V: !If [A, 1, 2]}}
            """
        let project = try discover([Self.path: text, "/p/x.js": ""])
        #expect(project.functions[0].environment["V"] == nil)
        #expect(project.warnings.count == 1)
    }

    @Test func aliasesThatExplodeAreRefused() {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let error = #expect(throws: ProjectError.self) { try discover([Self.path: text]) }
        #expect(error?.code == .yaml("its aliases make it too large"))
    }

    @Test func whateverTheTextTheAnswerIsAProjectOrAnError() {
        var generator = SplitMix(state: 7)
        let characters = Array(Self.shop)
        for _ in 0..<400 {
            var broken = characters
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let index = Int.random(in: 0..<broken.count, using: &generator)
                broken[index] = characters.randomElement(using: &generator) ?? "x"
            }
            _ = try? discover([Self.path: String(broken), "/p/orders/src/app.ts": ""])
        }
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
