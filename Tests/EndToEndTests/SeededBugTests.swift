import Foundation
import LmonJSON
import Testing

extension EndToEndTests {
    /// `demo/bugs`: ten functions, each with one of the usual bugs. For each, at most three keys bring its cause on the
    /// screen.
    @Suite struct SeededBugTests {
        private struct Bug {
            let function: String
            /// What is typed once it happened; keys count as they are pressed.
            let keys: String
            /// What the screen then shows of the cause.
            let cause: [String]

            init(_ function: String, _ keys: String, _ cause: String...) {
                self.function = function
                self.keys = keys
                self.cause = cause
            }
        }

        private static let bugs = [
            Bug("n-plus-one", "", "/orders/… was called 12 times"),
            Bug("leaked-promise", "", "/audit", "a call outlived the handler: not awaited?"),
            Bug("upstream-timeout", "", "/stuck → –", "no answer from 127.0.0.1:", "until the timeout"),
            Bug("retry-storm", "", "8 attempts at 127.0.0.1:", "too many requests, try again later"),
            Bug("new-connections", "", "new TCP ×2 to 127.0.0.1:"),
            Bug("missing-variable", "", "TypeError: Failed to parse URL from undefined/stock/7"),
            Bug("access-denied", "<enter><enter>", "AccessDeniedException", "dynamodb:GetItem"),
            Bug("dns-failure", "", "api.prices.invalid", "Failed in dns: getaddrinfo E"),
            Bug("oversized-response", "", "Function.ResponseSizeTooLarge: Response payload size exceeded maximum"),
            Bug("wrong-content-type", "", "/catalogue → 200", "html", "<!doctype html>"),
        ]

        private static let folder = DemoScript.root.appendingPathComponent("demo/bugs").path
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        /// The services that the functions call; they end with their standard input.
        private func upstream() async throws -> RunningProgram {
            let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
            let candidates: [String] = path.split(separator: ":").map { "\($0)/node" }
            let node = try #require(candidates.first { access($0, X_OK) == 0 })
            let upstream = try RunningProgram(["\(Self.folder)/upstream.mjs"], in: self.workspace, executable: node)
            try await upstream.wait(for: "\n")
            try self.workspace.write("UPSTREAM_URL=\(upstream.output)", to: "env")
            return upstream
        }

        /// The records of all ten, by function.
        private func record() async throws -> [String: String] {
            let upstream = try await self.upstream()
            defer { upstream.signal(SIGTERM) }
            let emulator = try await EmulatorProgram.start(
                "\(Self.folder)/template.yaml",
                in: self.workspace,
                ["--env-file", "env"]
            )
            for bug in Self.bugs { _ = try await emulator.invoke(bug.function, "{}") }
            // Only a second invocation could have used the first one's connections again.
            _ = try await emulator.invoke("new-connections", "{}")
            #expect(try await emulator.stop().status == 0)
            let lines = try await Program.run(["tail", "@last", "--json"], in: self.workspace).outputLines
            let functions = try lines.map { try JSONValue(parsing: String($0))["function"]?.string ?? "" }
            return Dictionary(zip(functions, lines.map { "\($0)\n" })) { $0 + $1 }
        }

        @Test func fewKeysBringTheCauseOnTheScreen() async throws {
            let records = try await self.record()
            for bug in Self.bugs {
                try self.workspace.write(bug.keys, to: "keys")
                let run = try await Program.run(
                    ["tui", "-", "--keys", "keys"],
                    in: self.workspace,
                    input: records[bug.function]
                )
                #expect(run.status == 0, "\(bug.function): \(run.errors)")
                for cause in bug.cause {
                    #expect(run.output.contains(cause), "\(bug.function) shows no \"\(cause)\":\n\(run.output)")
                }
                #expect(bug.keys.count { $0 == "<" } <= 3)
            }
        }

        /// Live as well: the call is open still, held by the freeze, and already said.
        @Test func aLeakedPromiseIsSaidWhileItIsOpen() async throws {
            let upstream = try await self.upstream()
            defer { upstream.signal(SIGTERM) }
            let run = try await Program.run(
                [
                    "tui", "\(Self.folder)/leaked-promise", "--port", "0", "--no-tee", "--env-file", "env", "--keys",
                    "-",
                ],
                in: self.workspace,
                input: "i<enter>\nwait not awaited?"
            )
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("/audit"))
        }
    }
}
