/// A SAM or CloudFormation template's functions, before anybody looks for their files. Pure: text in, values out.
struct Template {
    var functions: [TemplateFunction] = []
    var warnings: [ProjectWarning] = []

    /// From YAML or JSON. `path` is the template's, for places and errors; `parameters` win over the template's defaults.
    init(_ text: String, path: String, parameters: [String: String] = [:]) throws(ProjectError) {
        let root = try TemplateYAML.parse(text, path: path)
        guard let resources = root["Resources"] else {
            if let close = root.members.first(where: { Spelling.nearest(to: $0.key, among: ["Resources"]) != nil }) {
                let code = ProjectError.Code.misspelled(close.key, meant: "Resources")
                throw ProjectError(code, path: path, line: close.line)
            }
            throw ProjectError(.missingProperty("Resources"), path: path)
        }
        let intrinsics = Intrinsics(template: root, given: parameters)
        let globals = root["Globals"]?["Function"]
        if let globals { try Self.checkSpelling(globals, among: TemplateFunction.samProperties, path: path) }
        for resource in resources.members {
            guard let type = resource.value["Type"]?.text else { continue }
            guard let kind = TemplateFunction.Kind(rawValue: type) else {
                try Self.checkType(type, of: resource, path: path)
                continue
            }
            try Self.checkSpelling(resource.value, among: TemplateFunction.resourceAttributes, path: path)
            if let condition = resource.value["Condition"]?.text, intrinsics.condition(condition) == false { continue }
            var reader = TemplateFunctionReader(
                name: resource.key,
                resource: resource,
                globals: kind == .serverless ? globals : nil,
                intrinsics: intrinsics,
                path: path
            )
            self.functions.append(try reader.read(kind))
            self.warnings += reader.warnings
        }
    }

    static func checkSpelling(
        _ properties: TemplateValue,
        among known: [String],
        path: String,
        function: String? = nil
    ) throws(ProjectError) {
        for property in properties.members {
            guard let meant = Spelling.nearest(to: property.key, among: known) else { continue }
            throw ProjectError(
                .misspelled(property.key, meant: meant),
                path: path,
                line: property.line,
                function: function
            )
        }
    }

    private static func checkType(_ type: String, of resource: TemplateValue.Member, path: String) throws(ProjectError)
    {
        let kinds = [TemplateFunction.Kind.serverless.rawValue, TemplateFunction.Kind.lambda.rawValue]
        guard let meant = Spelling.nearest(to: type, among: kinds) else { return }
        throw ProjectError(
            .misspelled(type, meant: meant),
            path: path,
            line: resource.value["Type"]?.line,
            function: resource.key
        )
    }
}

/// A function as its template describes it.
struct TemplateFunction: Hashable {
    enum Kind: String {
        case serverless = "AWS::Serverless::Function"
        case lambda = "AWS::Lambda::Function"
    }

    enum Code: Hashable {
        /// As it stands there: seen from the template's folder.
        case folder(String)
        case inline(String)
        /// Why it cannot be used here.
        case unsupported(String)
    }

    /// The key of its resource, by which `sam build` knows it.
    var resource: String
    var name: Sourced<String>
    var handler: Sourced<String>?
    var runtime: Sourced<String>?
    var code: Sourced<Code>
    var timeoutSeconds: Sourced<Int>
    var memoryMB: Sourced<Int>
    var environment: [String: Sourced<String>] = [:]
    /// The variables that only the cloud can fill, and what the template says there; a guess of it may be in
    /// `environment`.
    var unresolved: [String: Sourced<String>] = [:]
    var architecture: Sourced<String>?
    var events: [FunctionEvent] = []
    var layers: [Sourced<TemplateLayer>] = []
    /// Its own line.
    var place: SourcePlace

    static let resourceAttributes = [
        "Type", "Properties", "Metadata", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy",
        "UpdatePolicy", "CreationPolicy", "Connectors", "IgnoreGlobals",
    ]

    static let lambdaProperties = [
        "Architectures", "Code", "CodeSigningConfigArn", "DeadLetterConfig", "Description", "Environment",
        "EphemeralStorage", "FileSystemConfigs", "FunctionName", "Handler", "ImageConfig", "KmsKeyArn", "Layers",
        "LoggingConfig", "MemorySize", "PackageType", "RecursiveLoop", "ReservedConcurrentExecutions", "Role",
        "Runtime",
        "RuntimeManagementConfig", "SnapStart", "Tags", "TenancyConfig", "Timeout", "TracingConfig", "VpcConfig",
    ]

    static let samProperties =
        lambdaProperties.filter { $0 != "Code" && $0 != "TracingConfig" } + [
            "AssumeRolePolicyDocument", "AutoPublishAlias", "AutoPublishAliasAllProperties",
            "AutoPublishCodeSha256", "CapacityProviderConfig", "CodeUri", "DeadLetterQueue", "DeploymentPreference",
            "DurableConfig", "EventInvokeConfig", "Events", "FunctionScalingConfig", "FunctionUrlConfig", "ImageUri",
            "InlineCode", "PermissionsBoundary", "Policies", "PropagateTags", "ProvisionedConcurrencyConfig",
            "PublishToLatestPublished", "RolePath", "SourceKMSKeyArn", "Tracing", "VersionDeletionPolicy",
            "VersionDescription",
        ]
}
