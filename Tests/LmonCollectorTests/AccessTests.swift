import LmonJSON
import LmonTestSupport
import Testing

@testable import LmonCollector

@Suite(.exclusive) struct AccessTests {
    @Test func eachKindOfTokenOpensItsOwnDoorsOnly() async throws {
        try await Rig.with(tokens: true) { rig in
            let doors: [(method: String, target: String, agent: Int, viewer: Int, nobody: Int)] = [
                ("POST", "/v1/records", 200, 403, 401), ("GET", "/v1/records", 403, 200, 401),
                ("GET", "/v1/functions", 403, 200, 401), ("GET", "/metrics", 403, 200, 401),
                ("GET", "/healthz", 200, 200, 200),
            ]
            for door in doors {
                func status(_ token: String?) throws -> Int {
                    try rig.send(door.method, door.target, token: token).status
                }
                #expect(try status(agentToken) == door.agent, "\(door)")
                #expect(try status(viewerToken) == door.viewer, "\(door)")
                #expect(try status(nil) == door.nobody, "\(door)")
                #expect(try status("agent-0123456789abcdeg") == door.nobody, "\(door)")
                #expect(try status(agentToken + "x") == door.nobody, "\(door)")
                #expect(try status(String(agentToken.dropLast())) == door.nobody, "\(door)")
            }
            let refused = try rig.send("GET", "/v1/records")
            #expect(refused.head.contains("WWW-Authenticate: Bearer"))
            #expect(!refused.body.contains("0123456789abcdef"))
            #expect(
                try rig.send("GET", "/v1/functions", headers: ["Authorization: Basic \(viewerToken)"]).status == 401
            )
            #expect(
                try rig.send("GET", "/v1/functions", headers: ["Authorization: bearer  \(viewerToken)"]).status == 200
            )
        }
    }

    @Test func withoutTokensWhoeverReachesThePortMayUseIt() async throws {
        try await Rig.with { rig in
            let functions = try rig.send("GET", "/v1/functions")
            #expect(functions.status == 200)
            let health = try rig.send("GET", "/healthz")
            #expect(health.body == "ok\n")
        }
    }

    /// What a page in a browser could send.
    @Test func foreignHostsAndOriginsAreRefusedOnLoopback() async throws {
        try await Rig.with { rig in
            let client = try RawClient(port: rig.port)
            client.send("GET /v1/records HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
            #expect(try client.receiveToEnd().hasPrefix("HTTP/1.1 403 "))
            #expect(try rig.send("GET", "/v1/functions", headers: ["Origin: http://evil.example"]).status == 403)
            #expect(try rig.send("POST", "/v1/records", headers: ["Origin: https://evil.example"]).status == 403)
        }
    }

    /// A proxy in front of it passes on the name that it is known by.
    @Test func withTokensAnyHostIsServed() async throws {
        try await Rig.with(tokens: true) { rig in
            let client = try RawClient(port: rig.port)
            client.send("GET /v1/functions HTTP/1.1\r\nHost: collector.example\r\nConnection: close\r\n")
            client.send("Authorization: Bearer \(viewerToken)\r\n\r\n")
            #expect(try client.receiveToEnd().hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func otherPathsAndMethodsAreNone() async throws {
        try await Rig.with { rig in
            #expect(try rig.send("GET", "/").status == 404)
            #expect(try rig.send("GET", "/v1/records/").status == 404)
            let put = try rig.send("PUT", "/v1/records")
            #expect(put.status == 405 && put.head.contains("Allow: GET, POST"))
            #expect(try rig.send("POST", "/healthz").status == 405)
        }
    }

    @Test func functionsAndMetricsTellWhatIsThere() async throws {
        try await Rig.with { rig in
            _ = try rig.post([record(1), record(2), record(1, environment: "E2", function: "billing")])
            _ = try rig.post([record(2)])
            _ = try rig.send("POST", "/v1/records", body: Array("x".utf8))
            let answer = try rig.send("GET", "/v1/functions")
            let functions = try #require(answer.json?["functions"]?.array)
            #expect(functions.map { $0["name"]?.string } == ["billing", "orders"])
            #expect(functions.map { $0["records"]?.int } == [1, 2])
            let lines = try rig.send("GET", "/metrics").body.split(separator: "\n")
            for line in [
                #"lmon_collector_records_total{outcome="new"} 3"#, #"lmon_collector_records_total{outcome="known"} 1"#,
                #"lmon_collector_batches_total{status="200"} 2"#, #"lmon_collector_batches_total{status="400"} 1"#,
                "lmon_collector_cursor 3", "lmon_collector_viewers 0", "lmon_collector_pending_bytes 0",
            ] {
                #expect(lines.contains(Substring(line)), "\(line)")
            }
            // Every sample belongs to a metric that was introduced.
            let names = Set(lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] })
            for line in lines where !line.hasPrefix("#") {
                #expect(names.contains(line.prefix { $0 != "{" && $0 != " " }), "\(line)")
            }
        }
    }

    // MARK: Tokens as they are given

    @Test(arguments: [
        ("", viewerToken, "no token for agents"), (agentToken, "# none\n", "no token for viewers"),
        ("short", viewerToken, "less than 16"), (agentToken, agentToken, "both"),
        ("ägent-0123456789abcdef", viewerToken, "does not carry"),
    ])
    func tokensThatAreOfNoUseAreSaidToBe(agents: String, viewers: String, words: String) {
        let error = #expect(throws: CollectorTokens.Unusable.self) {
            _ = try CollectorTokens(agents: agents, viewers: viewers)
        }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test func severalTokensOfAKindAreGivenALineOrAWordEach() throws {
        let text = "# old\n\(agentToken)\n\n# new\n  second-0123456789 third-0123456789\r\n"
        let tokens = try CollectorTokens(agents: text, viewers: viewerToken)
        for token in [agentToken, "second-0123456789", "third-0123456789"] {
            #expect(tokens.verdict("Bearer \(token)", for: .agent) == .allowed)
            #expect(tokens.verdict("Bearer \(token)", for: .viewer) == .otherRole)
        }
        #expect(tokens.verdict("Bearer old", for: .agent) == .unknown)
    }
}
