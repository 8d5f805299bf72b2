/// How a layer gets to functions: text to take over into a project.
package enum Attachment: String, CaseIterable, Sendable {
    /// A whole SAM template, so that it can be checked and deployed as it stands, with a function of each kind.
    case sam
    /// A TypeScript file with an Aspect, complete in itself, of syntax that Node can run as it stands.
    case cdk

    /// `zip` is the layer's file, as seen from the project.
    package func text(zip: String, architecture: Architecture, spool: LayerSpool = .log) -> String {
        let values = [
            "SAM_VARIABLES": Self.samVariables(spool),
            "SAM_PARAMETERS": Self.samParameters(spool),
            "SAM_POLICIES": Self.samPolicies(spool.policies),
            "CDK_VARIABLES": spool.url.map { "LMON_SPOOL: \(Self.quoted($0))" } ?? "LMON_STDOUT: 'records'",
            "CDK_TOKEN": Self.cdkToken(spool),
            "ZIP": Self.quoted(zip),
            "ARCHITECTURE": architecture.rawValue,
            "ARCHITECTURE_CONSTANT": architecture == .arm64 ? "ARM_64" : "X86_64",
        ]
        // Names stand between two signs that the templates have no other use for.
        let parts = self.template.split(separator: "@@", omittingEmptySubsequences: false)
        return parts.enumerated().map { $0.offset % 2 == 0 ? String($0.element) : values[String($0.element)] ?? "" }
            .joined()
    }

    private var template: String {
        switch self {
        case .sam: String(decoding: PackageResources.sam_yaml, as: UTF8.self)
        case .cdk: String(decoding: PackageResources.cdk_ts, as: UTF8.self)
        }
    }

    /// With the line's end, or nothing: what must not stand in a template is handed over at each deployment.
    private static func samParameters(_ spool: LayerSpool) -> String {
        guard case .collector = spool else { return "" }
        return """
            Parameters:
              LmonToken:
                Type: String
                NoEcho: true
                Description: One of the collector's LMON_AGENT_TOKENS (sam deploy --parameter-overrides LmonToken=...)


            """
    }

    /// With the line's end, or nothing.
    private static func cdkToken(_ spool: LayerSpool) -> String {
        guard case .collector = spool else { return "" }
        return """
            // The collector knows its agents by one of its LMON_AGENT_TOKENS, which must not stand in a template:
            //
            //     const LMON_TOKEN = SecretValue.secretsManager('lmon').unsafeUnwrap();
            //     Aspects.of(app).add(new LmonAspect({ variables: { LMON_TOKEN } }));
            //

            """
    }

    private static func samVariables(_ spool: LayerSpool) -> String {
        switch spool {
        case .log:
            """
                    # Where records go. To the function's log: records. Elsewhere: LMON_SPOOL, a bucket or a collector (lmon layer
                    # --spool s3://bucket/prefix writes that, with the rights that it takes), and LMON_WEBHOOK_URL (a recap of each
                    # invocation).
                    LMON_STDOUT: records
            """
        case .bucket:
            """
                    # Where records go; each function's Policies allow it.
                    LMON_SPOOL: \(self.quoted(spool.url ?? ""))
            """
        case .collector(let url):
            """
                    # Where records go, and by what the collector knows its agents: one of its LMON_AGENT_TOKENS.
                    LMON_SPOOL: \(self.quoted(url))
                    LMON_TOKEN: !Ref LmonToken
            """
        }
    }

    /// In a function's properties; with the line's end, or nothing.
    private static func samPolicies(_ policies: SpoolPolicies?) -> String {
        guard let policies else { return "" }
        // What is no variable of the template must not become one.
        let objects = policies.objects.split(separator: "${", omittingEmptySubsequences: false).joined(separator: "${!")
        return """
                  Policies:
                    - Statement:
                        - Effect: Allow
                          Action: s3:PutObject
                          Resource: !Sub \(self.quoted("arn:${AWS::Partition}:s3:::\(objects)"))

            """
    }

    /// As JSON, YAML and TypeScript all read it.
    static func quoted(_ name: String) -> String {
        var result = "\""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
