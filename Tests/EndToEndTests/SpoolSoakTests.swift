import Foundation
import LmonJSON
import Testing

extension EndToEndTests {
    /// Many environments and viewers of a bucket that fails, as `lmon-bench spool` runs them; many more are run by hand.
    @Suite struct SpoolSoakTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        private func run(
            _ arguments: [String]
        ) async throws -> (status: Int32, figures: [String: Int], errors: String) {
            let program = try RunningProgram(
                ["spool", "--soak", "s3", "--json"] + arguments,
                in: self.workspace,
                executable: URL(filePath: Program.path).deletingLastPathComponent().appending(path: "lmon-bench").path
            )
            let outcome = try await program.end(within: 120)
            let figures = try outcome.outputLines.map { line -> (String, Int) in
                let value = try JSONValue(parsing: String(line))
                return (try #require(value["name"]?.string), try #require(value["value"]?.int))
            }
            return (outcome.status, Dictionary(uniqueKeysWithValues: figures), outcome.errors)
        }

        /// An hour, for which two of them are frozen, passes in three seconds.
        @Test func everyNumberIsInTheBucketAndSeenOnce() async throws {
            let size = ["--environments", "8", "--batches", "20", "--speed", "1200", "--seed", "5"]
            let (status, figures, errors) = try await self.run(size)
            #expect(status == 0, "\(errors)")
            #expect(figures["S3: records acknowledged"] == 800)
            #expect(figures["S3: records in the bucket"] == 800)
            #expect(figures["S3: records seen by 4 viewers"] == 3200)
            #expect(figures["S3: seen twice"] == 0)
            #expect(figures["S3: of these put an hour late, seen"] == 40)
            #expect(figures["S3: faults"] ?? 0 > 0)
        }

        /// The check itself.
        @Test func aBucketThatForgetsIsFoundOut() async throws {
            let size = ["--environments", "4", "--batches", "10", "--speed", "3000", "--seed", "6", "--forget", "3"]
            let (status, figures, _) = try await self.run(size)
            #expect(status == 1)
            #expect(figures["S3: records acknowledged"] == 200)
            #expect(figures["S3: records in the bucket"] ?? 200 < 200)
        }
    }
}
