import Foundation
import LmonRecord
import LmonTestSupport
import Testing

extension EndToEndTests {
    /// The view on a remote source, which comes and goes, and how much of one is read.
    @Suite struct RemoteViewTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        /// Eight records, two invocations of each of two functions.
        private static func lines(_ round: Int) -> [String] {
            let observations: [Observation] = (0..<2).flatMap { number in
                [.start("r\(round)-\(number)"), .report("r\(round)-\(number)", number == 1 ? "error" : "success")]
            }
            let first = round * observations.count + 1
            let orders = Record.numbered(observations, from: first)
            let payment = Record.numbered(
                observations.map { $0.of("Payment").in("01KAR0000000000000000000B1") },
                from: first
            )
            return (orders + payment).map { String(decoding: $0.line, as: UTF8.self) }
        }

        /// Their times lie long ago, or ahead of a clock that is wrong.
        private static let since = ["--since", "3650d"]

        @Test(.enabled(if: TerminalProgram.isAvailable))
        func aViewerSaysThatACollectorIsLostAndGoesOn() async throws {
            var collector = try await CollectProgram.start(in: self.workspace)
            let view = try TerminalProgram(["tui", collector.url] + Self.since, in: self.workspace)
            #expect(await view.holds("no record in the last 3650 d"))
            for round in 0..<3 {
                #expect(try await collector.post(Self.lines(round)).status == 200)
                // Sent twice by an agent that had no answer.
                #expect(try await collector.post(Self.lines(round)).status == 200)
                #expect(await view.holds("\((round + 1) * 4) inv"))
                #expect(view.text.contains("● http://127.0.0.1"))
                view.forget()
                try await collector.kill()
                // All that came, each once.
                #expect(await view.holds("\((round + 1) * 8) held"))
                #expect(await view.holds("retrying"))
                #expect(view.text.contains("✗ http://127.0.0.1"))
                view.forget()
                collector = try await CollectProgram.start(in: self.workspace, port: collector.port)
                #expect(await view.holds("● http://127.0.0.1"))
            }
            view.type("q")
            #expect(await view.end() == 0)
            #expect(!view.text.contains("missing"))
            _ = try await collector.stop()
        }

        @Test func aFunctionIsPickedAndAllAgain() async throws {
            let script = """
                p
                screen picker
                <down><down><enter>
                screen payment
                p<up><enter>
                screen orders
                p<pageup><enter>
                """
            try self.workspace.write(script, to: "keys")
            let played = try await Program.run(
                ["tui", "-", "--keys", "keys"],
                in: self.workspace,
                input: Self.lines(0).joined(separator: "\n") + "\n"
            )
            #expect(played.status == 0, "\(played.errors)")
            let screens = played.output.split(separator: "\n--- ").map(String.init)
            try #require(screens.count == 4, "\(played.output)")
            for text in ["all ", "orders  ", "Payment  "] { #expect(screens[0].contains(text), "\(screens[0])") }
            #expect(screens[1].contains("2 of 4 match function=Payment"), "\(screens[1])")
            #expect(!screens[1].contains("✓ orders"))
            #expect(screens[2].contains("2 of 4 match function=orders"), "\(screens[2])")
            #expect(screens[3].contains("filter: none"), "\(screens[3])")
        }

        // MARK: How much is read

        @Test func aCollectorSendsWhatIsAskedFor() async throws {
            let collector = try await CollectProgram.start(in: self.workspace)
            #expect(try await collector.post(Self.lines(0)).status == 200)
            func count(_ arguments: [String]) async throws -> Int {
                let outcome = try await Program.run(
                    ["export", collector.url, "--format", "json"] + arguments,
                    in: self.workspace
                )
                #expect(outcome.status == 0, "\(outcome.errors)")
                return outcome.outputLines.count
            }
            #expect(try await count([]) == 4)
            #expect(try await count(Self.since) == 4)
            #expect(try await count(["--filter", "function=Payment"]) == 2)
            #expect(try await count(["--filter", "function=payment"]) == 2)
            #expect(try await count(["--filter", "function=orders and error"]) == 1)
            try self.workspace.write("wait ✓", to: "keys")
            let view = try await Program.run(
                ["tui", collector.url, "--function", "Payment", "--filter", "error", "--keys", "keys"],
                in: self.workspace
            )
            #expect(view.output.contains("127.0.0.1") && view.output.contains("only Payment"), "\(view.output)")
            #expect(view.output.contains("1 of 2 match error"), "\(view.output)")
            _ = try await collector.stop()
        }

        @Test(arguments: [
            (
                ["tail", "tcp://127.0.0.1:1", "--since", "2h"],
                "--since 2h: tcp://127.0.0.1:1 cannot be read from a time on"
            ),
            (["tui", "tcp://127.0.0.1:1", "--since", "2h", "--keys", "keys"], "cannot be read from a time on"),
            (["stats", "-", "--since", "08:00"], "--since 08:00: standard input cannot be read from a time on"),
            (["export", "-", "--format", "har", "--since", "2h"], "cannot be read from a time on"),
            (["tui", "-", "--function", "orders", "--keys", "keys"], "--filter shows one function of any source"),
            (["tui", "-", "--function", "orders"], "--filter shows one function of any source"),
            (["tui", "-", "--filter", "status~5", "--keys", "keys"], "--filter: status cannot be compared by ~"),
            (["tail", "-", "--since", "tomorrow"], "since"), (["tail", "-", "--since", "2999-01-01"], "since"),
        ])
        func whatCannotBeReadSoIsOneLine(arguments: [String], words: String) async throws {
            try self.workspace.write("q", to: "keys")
            let outcome = try await Program.run(arguments, in: self.workspace, input: "")
            #expect(outcome.status == 2 || outcome.status == 64, "\(outcome.status)")
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
        }
    }
}
