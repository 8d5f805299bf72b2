import Foundation
import LmonJSON
import LmonTestSupport
import Testing

extension EndToEndTests {
    /// The demo as a user starts it, without a terminal; only the build is left out.
    @Suite struct DemoTests {
        private struct Line {
            let type: String
            let function: String
            let record: JSONValue
        }

        private func run(_ arguments: [String]) async throws -> DemoScript.Outcome {
            let lmon = try #require(DemoScript.lmon)
            let script = DemoScript.root.appendingPathComponent("demo/run").path
            return try await DemoScript.run(script, arguments, environment: ["LMON_BINARY": lmon])
        }

        @Test(.enabled(if: DemoScript.lmon != nil)) func tellsItsStoryAndEndsByItself() async throws {
            let demo = try await self.run(["--count", "10", "--json", "--no-tee", "--no-record"])
            #expect(demo.status == 0)
            #expect(demo.errors.contains("10 invocations"))

            let lines = try demo.output.split(separator: "\n").map { line in
                let record = try JSONValue(parsing: String(line))
                return Line(
                    type: record["type"]?.string ?? "",
                    function: record["function"]?.string ?? "",
                    record: record["record"] ?? .null
                )
            }
            func has(_ type: String, _ function: String, _ test: (JSONValue) -> Bool = { _ in true }) -> Bool {
                lines.contains { $0.type == type && $0.function == function && test($0.record) }
            }
            // A cold start with its call during init, and warm invocations after it.
            #expect(lines.count { $0.type == "platform.initStart" && $0.function == "orders" } == 1)
            #expect(lines.count { $0.type == "platform.report" && $0.function == "orders" } >= 4)
            #expect(has("http.request", "orders") { $0["url"]?.string?.hasSuffix("/settings") == true })
            // A 502 and its retry.
            #expect(has("http.response", "payment") { $0["status"]?.int == 502 })
            #expect(has("http.response", "payment") { $0["status"]?.int == 201 })
            // A timeout, and the end of its environment.
            #expect(has("platform.report", "payment") { $0["status"]?.string == "timeout" })
            #expect(has("lmon.shutdown", "payment") { $0["reason"]?.string == "timeout" })
            // Frozen while a call is open.
            #expect(has("lmon.freeze", "thumbs"))
            #expect(has("lmon.thaw", "thumbs"))
            // Secrets were sent, and are nowhere to be seen.
            #expect(has("http.request", "orders") { $0["url"]?.string?.hasSuffix("/sessions") == true })
            #expect(!demo.output.contains("correct horse"))
            #expect(!demo.output.contains("demo-token"))
        }

        @Test(.enabled(if: DemoScript.lmon != nil)) func saysWhatIsWrongWithItsArguments() async throws {
            let demo = try await self.run(["--count", "many"])
            #expect(demo.status == 1)
            #expect(demo.errors == "--count needs a number, not many\n")
            #expect(demo.output == "")
        }

        /// The whole remote path: agent, spool, viewer.
        @Test(.enabled(if: DemoScript.lmon != nil && BotoPython.path != nil), arguments: [[], ["--collector"]])
        func showsTheRemotePath(more: [String]) async throws {
            let lmon = try #require(DemoScript.lmon)
            let script = DemoScript.root.appendingPathComponent("demo/remote").path
            let variables = ["LMON_BINARY": lmon, "LMON_MOTO": BotoPython.path ?? ""]
            let demo = try await DemoScript.run(script, ["--count", "3"] + more, environment: variables)
            #expect(demo.status == 0, "\(demo.errors)")
            let spool = more.isEmpty ? "s3://spool/demo" : "https://127.0.0.1:"
            #expect(demo.errors.contains("the functions send their records to \(spool)"))
            #expect(demo.errors.contains("3 invocations"), "\(demo.errors)")
            #expect(demo.output.contains("/users/4"), "\(demo.output)")
        }

        /// What it started beside lmon ends with it.
        @Test(.enabled(if: DemoScript.lmon != nil)) func leavesNothingRunning() async throws {
            let demo = try await self.run(["--count", "1", "--no-tee", "--no-record"])
            #expect(demo.status == 0)
            let address = try String(
                contentsOf: DemoScript.root.appendingPathComponent(".build/demo/upstream"),
                encoding: .utf8
            )
            let url = try #require(URL(string: address.trimmingCharacters(in: .newlines)))
            #expect(url.host == "127.0.0.1")
            let port = try #require(url.port)
            // It sees the end of its standard input a moment later.
            while Self.listens(port) { await Task.yield() }
        }

        private static func newSocket() -> Int32 {
            #if os(Linux)
            socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            #else
            socket(AF_INET, SOCK_STREAM, 0)
            #endif
        }

        private static func listens(_ port: Int) -> Bool {
            let descriptor = Self.newSocket()
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
        }
    }
}
