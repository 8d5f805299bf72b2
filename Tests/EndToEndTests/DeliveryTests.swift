import Foundation
import LmonJSON
import Testing

extension EndToEndTests {
    /// The real agent while its sinks fail, as `lmon-bench delivery` measures it; many more invocations are run by hand.
    @Suite struct DeliveryTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        private static var bench: String {
            URL(filePath: Program.path).deletingLastPathComponent().appending(path: "lmon-bench").path
        }

        private func run(
            _ arguments: [String]
        ) async throws -> (status: Int32, figures: [String: Double], errors: String) {
            let program = try RunningProgram(
                ["delivery", "--json"] + arguments,
                in: self.workspace,
                executable: Self.bench
            )
            let outcome = try await program.end(within: 60)
            let figures = try outcome.outputLines.map { line -> (String, Double) in
                let value = try JSONValue(parsing: Array(line.utf8))
                return (try #require(value["name"]?.string), try #require(value["value"]?.double))
            }
            return (outcome.status, Dictionary(uniqueKeysWithValues: figures), outcome.errors)
        }

        @Test(arguments: [
            ["--flush", "end"], ["--flush", "adaptive"], ["--flush", "periodic:1", "--memory", "1"],
            ["--tls"],
        ])
        func everyRecordArrivesOrLiesUnderATombstone(arguments: [String]) async throws {
            let size = ["--invocations", "240", "--environments", "2", "--rate", "120", "--seed", "11"]
            let (status, figures, errors) = try await self.run(size + arguments)
            #expect(status == 0, "\(errors)")
            #expect(figures["delivery: missing in the collector"] == 0)
            #expect(figures["delivery: missing in the tee"] == 0)
            // Each invocation has more than twenty.
            #expect(figures["delivery: records in the tee"] ?? 0 > 240 * 20)
            #expect(figures["delivery: faults of the collector"] ?? 0 > 0)
        }

        /// The check itself.
        @Test func aCollectorThatForgetsIsFoundOut() async throws {
            let size = ["--invocations", "60", "--environments", "1", "--rate", "200", "--seed", "3", "--forget", "4"]
            let (status, figures, errors) = try await self.run(size)
            #expect(status == 1)
            #expect(figures["delivery: missing in the collector"] ?? 0 > 0)
            #expect(figures["delivery: missing in the tee"] == 0)
            #expect(errors.contains("the collector has not got "))
        }
    }
}
