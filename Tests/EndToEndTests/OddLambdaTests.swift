import Foundation
import LmonJSON
import Testing

extension EndToEndTests {
    /// The real agent where Lambda, or what stands in for it, does not do what it should: it never leaves before SHUTDOWN, and
    /// goes on with what there is.
    @Suite struct OddLambdaTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        @Test(arguments: [
            "none", "register-503", "telemetry-202", "telemetry-500", "telemetry-hangs", "next-500", "next-cut",
            "unknown-event", "broken-element", "unknown-type",
        ])
        func itServesEveryInvocationAndLeavesInTime(quirk: String) async throws {
            let outcome = try await self.run(quirk)
            #expect(outcome.status == 0)
            #expect(outcome.invoked == ["one", "two"])
            #expect(outcome.count(of: "lmon.shutdown") == 1)
            #expect(outcome.count(of: "lmon.agent") == 1)
            let hasTelemetry = !quirk.hasPrefix("telemetry")
            #expect(outcome.agent?["telemetry"]?.bool == hasTelemetry)
            #expect(outcome.count(of: "platform.runtimeDone") == (hasTelemetry ? 2 : 0))
            #expect(outcome.count(of: "platform.new") == (quirk == "unknown-type" ? 2 : 0))
        }

        /// The runtime has its event sooner than the agent, and its interceptor does not say which invocation a call belongs to.
        @Test func aCallThatComesBeforeItsInvocationBelongsToIt() async throws {
            let outcome = try await self.run("early-call")
            #expect(outcome.status == 0)
            #expect(outcome.callers == ["two", "two"])
        }

        /// Managed Instances refuse INVOKE.
        @Test func whereItMayNotSeeInvocationsItWaitsForTheEndOnly() async throws {
            let outcome = try await self.run("managed")
            #expect(outcome.status == 0)
            #expect(outcome.invoked == [])
            #expect(outcome.count(of: "lmon.shutdown") == 1)
        }

        @Test func oneThatIsRefusedLaterWaitsForTheEndOnlyAsWell() async throws {
            let outcome = try await self.run("managed-after-503")
            #expect(outcome.status == 0)
            #expect(outcome.count(of: "lmon.shutdown") == 1)
        }

        @Test func switchedOffItAsksForTheEndAloneAndTellsNothing() async throws {
            let outcome = try await self.run("none", variables: ["LMON": "off"])
            #expect(outcome.status == 0)
            #expect(await eventually { outcome.asked == ["register SHUTDOWN", "next"] })
            #expect(outcome.outcome.output == "")
            #expect(outcome.outcome.errors == "")
        }

        @Test func ofASampleOnlyWhatFailedIsTold() async throws {
            let outcome = try await self.run("second-fails", variables: ["LMON_SAMPLE": "0"])
            #expect(outcome.status == 0)
            #expect(outcome.invoked == ["two"])
            #expect(outcome.record("lmon.shutdown")?["skippedInvocations"]?.int == 1)
        }

        /// A snapshot is taken once and restored into many environments.
        @Test func whatIsRestoredIsANewEnvironment() async throws {
            let outcome = try await self.run("restored")
            #expect(outcome.status == 0)
            #expect(outcome.count(of: "lmon.environment") == 2)
            #expect(outcome.environments.count == 2)
        }

        @Test func whatItWasFrozenForIsInferred() async throws {
            let outcome = try await self.run("frozen")
            #expect(outcome.status == 0)
            for type in ["lmon.freeze", "lmon.thaw"] {
                #expect(outcome.count(of: type) >= 1)
                #expect(outcome.record(type)?["inferred"]?.bool == true)
            }
        }

        @Test(arguments: [("error", false), ("info", true), ("debug", true)])
        func itSaysOfItselfWhatItIsAskedTo(level: String, isSaid: Bool) async throws {
            let outcome = try await self.run(
                "none",
                variables: ["LMON_LOG": level, "LMON_WEBHOOK_URL": "http://127.0.0.1:9"]
            )
            for text in ["registered as lmon-agent, with telemetry", "webhook: ", "shutdown: spindown", "leaves: "] {
                #expect(outcome.lines(with: text).isEmpty != isSaid, "\(text)")
            }
        }

        @Test(arguments: [
            ("headers", "early-call", false), ("all", "early-call", true), ("errors", "early-call", false),
            ("errors", "early-call-fails", true),
        ])
        func aBodyOfAnotherMakeIsKeptOnlyWhereBodiesAre(level: String, quirk: String, isKept: Bool) async throws {
            let outcome = try await self.run(quirk, variables: ["LMON_CAPTURE": level])
            let body = outcome.record("http.end")?["bodies"]?["request"]
            #expect(body?["size"]?.int == 4)
            #expect(body?["text"]?.string == (isKept ? "ping" : nil))
        }

        @Test func eachInvocationIsToldWhatItCost() async throws {
            for policy in ["end", "periodic", "adaptive"] {
                let outcome = try await self.run("none", variables: ["LMON_FLUSH": policy])
                #expect(outcome.count(of: "lmon.overhead") == 2, "\(policy)")
            }
        }

        @Test func aTakenPortIsSaidOnceAndTelemetryComesAllTheSame() async throws {
            let outcome = try await self.run("port-taken")
            #expect(outcome.status == 0)
            #expect(outcome.invoked == ["one", "two"])
            #expect(outcome.count(of: "platform.runtimeDone") == 2)
            #expect(outcome.problems.count == 1)
            #expect(outcome.problems.first?.hasPrefix("calls are not seen: ") == true)
            #expect(outcome.lines(with: "calls are not seen").count == 1)
        }

        @Test func wrongVariablesAreSaidOnceAndDefaultsHold() async throws {
            let wrong = ["LMON_BUDGET_MS": "soon", "LMON_SAMPLE": "2", "LMON_SPOOL": "ftp://x", "LMON_MEMORY_MB": "-1"]
            let outcome = try await self.run("none", variables: wrong)
            #expect(outcome.status == 0)
            #expect(outcome.invoked == ["one", "two"])
            #expect(outcome.problems.count == wrong.count)
            for name in wrong.keys {
                #expect(outcome.problems.count { $0.contains(name) } == 1)
                #expect(outcome.lines(with: name).count == 1)
            }
        }

        // MARK: A run

        private func run(_ quirk: String, variables: [String: String] = [:]) async throws -> AgentRun {
            let script = try self.workspace.write(OddLambda.script, to: "lambda.cjs")
            let lambda = try RunningProgram(["node", script, quirk], in: self.workspace, executable: "/usr/bin/env")
            try await lambda.wait(for: "\n")
            let ports = lambda.output.split { $0 == " " || $0 == "\n" }.map(String.init)
            let address = quirk == "port-taken" ? ports[0] : ports[1]
            let own = [
                "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(ports[0])", "AWS_LAMBDA_FUNCTION_NAME": "odd",
                "LMON_ADDRESS": "127.0.0.1:\(address)", "LMON_STDOUT": "records", "LMON_FLUSH": "end",
            ]
            let agent = try RunningProgram(
                [],
                in: self.workspace,
                executable: URL(filePath: Program.path).deletingLastPathComponent().appending(path: "lmon-agent").path,
                variables: own.merging(variables) { $1 }
            )
            defer { lambda.signal(SIGKILL) }
            return AgentRun(outcome: try await agent.end(within: 30), lambda: lambda)
        }
    }
}

/// What an agent did, as it printed it.
private struct AgentRun {
    let outcome: Program.Outcome
    let lambda: RunningProgram

    /// What it asked Lambda for.
    var asked: [String] { self.lambda.output.split(separator: "\n").dropFirst().map(String.init) }

    var status: Int32 { self.outcome.status }

    private var records: [JSONValue] {
        self.outcome.output.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
    }

    private func records(_ type: String) -> [JSONValue] { self.records.filter { $0["type"]?.string == type } }

    func count(of type: String) -> Int { self.records(type).count }

    /// The first of its type.
    func record(_ type: String) -> JSONValue? { self.records(type).first?["record"] }

    var environments: Set<String> { Set(self.records.compactMap { $0["environment"]?.string }) }

    /// The invocations that it was told of, in order.
    var invoked: [String] { self.records("lmon.invoke").compactMap { $0["requestId"]?.string } }

    /// The invocations that calls and their ends belong to.
    var callers: [String?] {
        (self.records("http.request") + self.records("http.end")).map { $0["requestId"]?.string }
    }

    var agent: JSONValue? { self.records("lmon.agent").first?["record"] }

    var problems: [String] { self.agent?["problems"]?.array?.compactMap(\.string) ?? [] }

    /// What it said besides records.
    func lines(with text: String) -> [String] {
        (self.outcome.output + self.outcome.errors).split(separator: "\n").map(String.init)
            .filter { $0.contains(text) && !$0.hasPrefix("{\"v\":") }
    }
}

/// The Extensions and Telemetry APIs for one extension and two invocations, with one thing that is odd. Prints its port, and one
/// that is free.
private enum OddLambda {
    static let script = #"""
        'use strict';
        const http = require('http');
        const quirk = process.argv[2];
        const counts = { register: 0, next: 0 };
        const isManaged = quirk.startsWith('managed');
        const events = isManaged ? [] : ['one', 'two'].map((requestId) => ({
            eventType: 'INVOKE', requestId, deadlineMs: Date.now() + 30000,
            invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:odd',
        }));
        if (quirk === 'unknown-event') events.splice(1, 0, { eventType: 'REHEARSE' });
        let telemetry = null;

        function tell(requestId) {
            const status = quirk.endsWith('-fails') && requestId === 'two' ? 'error' : 'success';
            const batch = [
                { time: new Date().toISOString(), type: 'platform.start', record: { requestId } },
                { time: new Date().toISOString(), type: 'platform.runtimeDone', record: { requestId, status } },
            ];
            if (quirk === 'restored' && requestId === 'two') {
                batch.unshift({ time: new Date().toISOString(), type: 'platform.restoreStart', record: {} });
            }
            if (quirk === 'broken-element') batch.splice(0, 0, 17, { type: 5 }, null);
            if (quirk === 'unknown-type') batch.splice(1, 0, { time: new Date().toISOString(), type: 'platform.new', record: { requestId } });
            const request = http.request(telemetry, { method: 'POST', agent: false });
            request.on('error', () => {});
            request.end(JSON.stringify(batch));
        }

        function answer(response, status, body, headers = {}) {
            response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
            response.end(JSON.stringify(body));
        }

        function register(body, response) {
            counts.register += 1;
            console.log('register', body.events.join());
            if (!body.events.includes('INVOKE')) events.length = 0;
            if (quirk === 'managed-after-503' && counts.register === 1) return answer(response, 503, {});
            if (quirk === 'register-503' && counts.register <= 2) return answer(response, 503, {});
            if (isManaged && body.events.includes('INVOKE')) {
                return answer(response, 403, { errorType: 'Extension.InvalidEventType' });
            }
            const facts = { functionName: 'odd', functionVersion: '$LATEST', handler: 'index.handler' };
            answer(response, 200, facts, { 'Lambda-Extension-Identifier': 'one-of-a-kind' });
        }

        function subscribe(body, response) {
            console.log('subscribe');
            if (quirk === 'telemetry-hangs') return;
            if (quirk === 'telemetry-202') return answer(response, 202, { message: 'no telemetry here' });
            if (quirk === 'telemetry-500') return answer(response, 500, {});
            telemetry = body.destination.URI.replace('sandbox.localdomain', '127.0.0.1');
            answer(response, 200, 'OK');
        }

        /// In the seed's form, which names no invocation.
        function call(then) {
            const request = http.request(new URL('/', telemetry), { method: 'POST', agent: false }, (answered) => {
                answered.resume().on('end', then);
            });
            request.end(JSON.stringify({ url: 'https://api.test/', method: 'GET', headers: {}, body: 'ping', date: new Date() }));
        }

        function next(response) {
            counts.next += 1;
            console.log('next');
            if (quirk === 'next-500' && counts.next <= 2) return answer(response, 500, {});
            if (quirk === 'next-cut' && counts.next <= 2) return response.destroy();
            const event = events.shift() ?? { eventType: 'SHUTDOWN', shutdownReason: 'spindown', deadlineMs: Date.now() + 2000 };
            if (quirk.startsWith('early-call') && event.requestId === 'two') return call(() => grant(response, event));
            if (quirk === 'frozen' && event.requestId === 'two') return setTimeout(grant, 60, response, event);
            grant(response, event);
        }

        function grant(response, event) {
            answer(response, 200, event);
            if (event.eventType === 'INVOKE' && telemetry !== null) tell(event.requestId);
        }

        const server = http.createServer((request, response) => {
            const chunks = [];
            request.on('data', (chunk) => chunks.push(chunk));
            request.on('end', () => {
                const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks)) : {};
                if (request.url.endsWith('/register')) register(body, response);
                else if (request.url.endsWith('/telemetry')) subscribe(body, response);
                else next(response);
            });
        });
        const free = http.createServer();
        free.listen(0, '127.0.0.1', () => {
            const { port } = free.address();
            free.close(() => server.listen(0, '127.0.0.1', () => console.log(server.address().port, port)));
        });
        """#
}
