import LambdaWire

/// One variable that the agent, the interceptors or both are set by: what stands in the help, and how the agent reads it.
package struct AgentVariable: Sendable {
    package let name: String
    /// Its unit or form, such as `ms` or `URL`.
    package let form: String
    package let standard: String
    package let example: String
    package let help: String
    let isSecret: Bool
    /// Takes a value that is not empty, or says what is wrong and what holds instead.
    let read: @Sendable (String, inout AgentConfiguration) -> String?

    init(
        _ name: String,
        _ form: String,
        standard: String,
        example: String,
        _ help: String,
        isSecret: Bool = false,
        read: @escaping @Sendable (String, inout AgentConfiguration) -> String? = { _, _ in nil }
    ) {
        self.name = name
        self.form = form
        self.standard = standard
        self.example = example
        self.help = help
        self.isSecret = isSecret
        self.read = read
    }

    package static let all = [
        Self("LMON", "on|off", standard: "on", example: "off", "off: nothing is watched, the agent only loops") {
            Self.choice($0, ["on": false, "off": true], &$1.isOff, otherwise: "on")
        },
        Self(
            "LMON_CAPTURE",
            "metadata|headers|errors|bodies|all",
            standard: "headers",
            example: "errors",
            "what is kept of calls; errors: bodies of failed calls and of failed invocations; all: event and result too"
        ) {
            let levels = Dictionary(uniqueKeysWithValues: CaptureLevel.allCases.map { ($0.rawValue, $0) })
            return Self.choice($0, levels, &$1.capture, otherwise: "headers")
        },
        // The interceptors' affair, but a log is where a wrong value is looked for.
        Self("LMON_BODY_LIMIT", "bytes", standard: "16384", example: "4096", "kept of each body, at most 262144") {
            text,
            _ in
            Self.number(text, 0...262_144) == nil ? "not a number of bytes up to 262144; 16384 holds" : nil
        },
        Self("LMON_REDACT", "names", standard: "–", example: "iban,email", "further names whose values are secret") {
            $1.redact = Self.list($0)
            return nil
        },
        Self("LMON_IGNORE_HOSTS", "hosts", standard: "–", example: "*.internal", "calls to these are not watched"),
        Self(
            "LMON_SAMPLE",
            "0–1",
            standard: "1",
            example: "0.05",
            "share of invocations kept, besides failed and slowest"
        ) {
            guard let share = Double($0), (0...1).contains(share) else {
                return "not a number from 0 to 1; all are kept"
            }
            $1.sample = share
            return nil
        },
        Self(
            "LMON_FLUSH",
            "end|periodic[:s]|adaptive",
            standard: "adaptive",
            example: "periodic:10",
            "when records leave: after each invocation, every so often, or as traffic is"
        ) {
            guard let policy = FlushPolicy($0) else {
                return "not end, periodic, periodic:SECONDS or adaptive; adaptive is"
            }
            $1.flush = policy
            return nil
        },
        Self(
            "LMON_BUDGET_MS",
            "ms",
            standard: "20",
            example: "5",
            "an invocation is held so long after its handler at most"
        ) {
            guard let budget = Self.number($0, 0...10_000) else { return "not a number of ms up to 10000; 20 holds" }
            $1.budget = EpochTime.Span(milliseconds: budget)
            return nil
        },
        Self(
            "LMON_SPOOL",
            "URL",
            standard: "–",
            example: "s3://bucket/prefix",
            "where records go: a collector (https), or S3 with the function's own role"
        ) {
            $1.take(spool: $0).map { "\($0); nothing is sent there" }
        },
        Self(
            "LMON_TOKEN",
            "text",
            standard: "–",
            example: "…",
            "what the collector knows this agent by",
            isSecret: true
        ) {
            guard $0.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return "not printable ASCII; none is sent" }
            $1.token = $0
            return nil
        },
        Self(
            "LMON_WEBHOOK_URL",
            "URL",
            standard: "–",
            example: "https://hooks.example.com/lmon",
            "gets a recap of each invocation"
        ) {
            Self.endpoint($0, &$1.webhook)
        },
        Self(
            "LMON_TEE",
            "listen:PORT|connect:HOST:PORT",
            standard: "–",
            example: "listen:4244",
            "records as they come, on loopback only"
        ) { Self.tee($0, &$1.tee) },
        Self("LMON_MEMORY_MB", "MB", standard: "4", example: "16", "for what has not left yet") {
            guard let megabytes = Self.number($0, 1...512) else { return "not a number from 1 to 512; 4 holds" }
            $1.memoryBytes = megabytes << 20
            return nil
        },
        Self(
            "LMON_SPILL",
            "metadata|off",
            standard: "metadata",
            example: "off",
            "what could not be sent by the end goes to the log, without bodies"
        ) { Self.choice($0, ["metadata": true, "off": false], &$1.spills, otherwise: "metadata") },
        Self("LMON_STDOUT", "records|off", standard: "off", example: "records", "records as lines on standard output") {
            Self.choice($0, ["records": true, "off": false], &$1.printsRecords, otherwise: "off")
        },
        Self("LMON_LOG", "error|info|debug", standard: "error", example: "info", "what the agent says about itself") {
            let levels: [String: AgentLog.Level] = ["error": .error, "info": .info, "debug": .debug]
            return Self.choice($0, levels, &$1.log, otherwise: "error")
        },
        Self("LMON_ADDRESS", "HOST:PORT", standard: "sandbox:4243", example: "sandbox:5000", "where calls are reported")
        {
            guard let endpoint = Self.hostAndPort($0) else { return "not HOST:PORT; sandbox:4243 holds" }
            $1.address = AgentConfiguration.IngestAddress(host: endpoint.host, port: endpoint.port)
            return nil
        },
        Self(
            "LMON_EXEC_WRAPPER",
            "path",
            standard: "–",
            example: "/opt/other",
            "a wrapper that lmon's own then starts"
        ),
    ]

    // MARK: What is wrong

    /// A wrong value as it is told, within one line: of a URL only what leads to its host, since user and path may be secret.
    func shown(_ text: String) -> String {
        if self.isSecret { return "…" }
        let told = self.form.hasPrefix("URL") || text.contains("@") ? Self.withoutSecrets(text) : text
        let start = told.prefix(64)
        let printable = start.unicodeScalars.map {
            $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? " " : String($0)
        }
        return printable.joined() + (start.endIndex == told.endIndex ? "" : "…")
    }

    private static func withoutSecrets(_ url: String) -> String {
        let scheme = url.prefix { $0 != "/" }
        let isURL = url[scheme.endIndex...].hasPrefix("//")
        let rest = isURL ? url[scheme.endIndex...].dropFirst(2) : url[...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.lastIndex(of: "@").map { "…" + authority[$0...] } ?? String(authority)
        return (isURL ? scheme + "//" : "") + host + (authority.endIndex == rest.endIndex ? "" : "/…")
    }

    // MARK: Reading

    private static func choice<Value>(
        _ text: String,
        _ values: [String: Value],
        _ value: inout Value,
        otherwise standard: String
    ) -> String? {
        if let found = values[text.lowercased()] {
            value = found
            return nil
        }
        return "not one of \(values.keys.sorted().joined(separator: ", ")); \(standard) holds"
    }

    /// `HOST:PORT`, with neither left out.
    private static func hostAndPort(_ text: String) -> Endpoint? {
        guard let colon = text.lastIndex(of: ":"), UInt16(text[colon...].dropFirst()) != nil,
            let endpoint = Endpoint("http://\(text)"), endpoint.target == "/"
        else { return nil }
        return endpoint
    }

    private static func number(_ text: String, _ range: ClosedRange<Int>) -> Int? {
        Int(text).flatMap { range.contains($0) ? $0 : nil }
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0) }.filter { $0.contains { $0 != " " } }
    }

    private static func endpoint(_ text: String, _ endpoint: inout Endpoint?) -> String? {
        guard let found = Endpoint(text) else {
            return "not an http or https URL without a user; nothing is sent there"
        }
        endpoint = found
        return nil
    }

    private static func tee(_ text: String, _ tee: inout AgentConfiguration.TeeSetting?) -> String? {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        switch parts.first {
        case "listen" where parts.count == 2:
            guard let port = Self.number(parts[1], 0...65_535) else { return "not a port; there is no tee" }
            tee = .listen(port: port)
        case "connect" where parts.count == 2:
            guard let endpoint = Self.hostAndPort(parts[1]), endpoint.isLoopback else {
                return "not a host and port on loopback; there is no tee"
            }
            tee = .connect(host: endpoint.host, port: endpoint.port)
        default: return "not listen:PORT or connect:HOST:PORT; there is no tee"
        }
        return nil
    }
}
