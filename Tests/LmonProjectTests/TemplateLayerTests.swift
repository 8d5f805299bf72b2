import Testing

@testable import LmonProject

@Suite struct TemplateLayerTests {
    private static let template = """
        Conditions: {IsNew: !Equals [a, a]}
        Globals:
          Function: {Runtime: nodejs22.x, Handler: app.handler, CodeUri: ., Layers: [!Ref Shared]}
        Resources:
          Shared: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layers/shared}}
          Plain: {Type: AWS::Lambda::LayerVersion, Properties: {Content: ./plain.zip}}
          Remote: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: s3://bucket/layer.zip}}
          Packaged: {Type: AWS::Lambda::LayerVersion, Properties: {Content: {S3Bucket: b, S3Key: k}}}
          F:
            Type: AWS::Serverless::Function
            Properties:
              Layers:
                - !If [IsNew, !Ref Plain, !Ref Remote]
                - !Ref Remote
                - !Ref Packaged
                - arn:aws:lambda:eu-west-1:123456789012:layer:other:3
                - !Sub arn:aws:lambda:${AWS::Region}:1:layer:insights:2
                - !Ref AWS::NoValue
                - !ImportValue shared-layer
                - !Ref F
        """

    @Test func thoseThatLieHereAreUsedAndTheOthersNamedWithTheirLine() throws {
        let table = [
            "/p/template.yaml": Self.template, "/p/app.js": "exports.handler = () => 1",
            "/p/layers/shared/extensions/x": "", "/p/plain.zip": "",
        ]
        let project = try discover(table)
        #expect(project.functions[0].layers.map(\.value) == ["/p/layers/shared", "/p/plain.zip"])
        let rest = "; --layer takes its folder or zip"
        #expect(
            project.warnings.map(\.description) == [
                "/p/template.yaml:14: F: runs without a layer: the ContentUri of !Ref Remote is not on this machine\(rest)",
                "/p/template.yaml:15: F: runs without a layer: the Content of !Ref Packaged is not on this machine\(rest)",
                "/p/template.yaml:16: F: runs without a layer: arn:aws:lambda:eu-west-1:123456789012:layer:other:3 is not on this machine\(rest)",
                "/p/template.yaml:17: F: runs without a layer: arn:aws:lambda:us-east-1:1:layer:insights:2 is not on this machine\(rest)",
                "/p/template.yaml:19: F: runs without a layer: !ImportValue shared-layer is not known here\(rest)",
                "/p/template.yaml:20: F: runs without a layer: !Ref F is no layer that this template makes\(rest)",
            ]
        )
    }

    @Test func aPathThatDoesNotExistIsNamed() throws {
        let table = ["/p/template.yaml": Self.template, "/p/app.js": "exports.handler = () => 1", "/p/plain.zip": ""]
        let project = try discover(table)
        #expect(project.functions[0].layers.map(\.value) == ["/p/plain.zip"])
        #expect(project.warnings.first?.message.hasPrefix("runs without a layer: there is no layers/shared;") == true)
    }
}
