import Foundation
import LmonTestSupport
import Testing

extension EndToEndTests {
    /// A function that writes whatever it likes, and records that hold whatever they like: nothing of it drives a terminal.
    @Suite struct HostileTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        /// Logs, a URL, a response's body and an error with sequences, bytes that are no UTF-8, and a line of a megabyte.
        private static let function = #"""
            import http from 'node:http';
            const nasty = '\u001b[2J\u001b]52;c;cHduZWQ=\u0007\u001b]0;pwned\u0007\u009b31m\u0000\b\u202enimda\u2066'
                + '\u200b\ufeff👨‍👩‍👧‍👦🇨🇭👍🏽e\u0301 日本語 שלום';
            const server = http.createServer((request, response) => {
                response.writeHead(200, { 'content-type': 'text/plain', 'x-odd': '\u009b31m\u00ad' });
                response.end(Buffer.concat([Buffer.from(nasty), Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x1b, 0x5b, 0x32, 0x4a])]));
            });
            await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
            server.unref();
            const base = `http://127.0.0.1:${server.address().port}`;
            export async function handler(event) {
                console.log(nasty);
                console.error('%s', nasty + '\n' + nasty);
                process.stdout.write(Buffer.from([0x1b, 0x5b, 0x33, 0x31, 0x6d, 0xff, 0xfe, 0xc0, 0x80, 0x0a]));
                console.log(nasty + 'x'.repeat(1 << 20) + nasty);
                await (await fetch(`${base}/${encodeURIComponent(nasty)}?q=日本`, { method: 'POST', body: nasty })).text();
                if (!event.fine) throw new TypeError(nasty);
                return { [nasty]: nasty };
            }
            """#

        @Test(.enabled(if: TerminalProgram.isAvailable)) func aRealRunInARealTerminal() async throws {
            try self.workspace.write(Self.function, to: "odd/index.mjs")
            let view = try TerminalProgram(["tui", "odd", "--port", "0", "--no-tee"], in: self.workspace)
            #expect(await view.shows("No invocation yet"))
            view.type("i\r")
            #expect(await view.shows("1 inv"))
            view.type("i\u{15}{\"fine\":1}\r")
            #expect(await view.holds("2 inv"))
            // Into every pane and tab, through every list, and back; what is copied goes out as base64.
            for keys in ["\r", "]", "]", "\r", "]", "]", "yc", "\u{1B}", "\u{1B}", "k\r\r", "yb"] { view.type(keys) }
            for size in [(40, 10), (133, 50)] { view.resize(columns: size.0, rows: size.1) }
            for keys in ["1", "2", "\r", "3", "\r", "/pwned\r", "4", "5", "1", "?"] { view.type(keys) }
            Harmless.expect(view.bytes, "the view")
            view.forget()
            // All is drawn anew.
            view.resize(columns: 132, rows: 50)
            #expect(await view.shows("next row, or scroll"))
            view.type("\u{3}")
            #expect(await view.end() == 0)
            Harmless.expect(view.bytes, "the view")

            for arguments in [
                ["tail", "@last"], ["tail", "@last", "--json"], ["sessions"], ["sessions", "--json"],
                ["stats", "@last"],
                ["stats", "@last", "--json"], ["export", "@last", "--format", "har"],
                ["export", "@last", "--format", "curl"], ["export", "@last", "--format", "json"],
            ] {
                let lines = try TerminalProgram(arguments, in: self.workspace)
                #expect(await lines.end() == 0)
                Harmless.expect(lines.bytes, arguments.joined(separator: " "))
            }
            Harmless.expectPlain(try await Program.run(["tail", "@last"], in: self.workspace), "tail")
            let invoked = try await Program.run(
                ["invoke", "odd", "-e", "{}", "--port", "0", "--no-tee", "--no-record"],
                in: self.workspace
            )
            #expect(invoked.status == 1)
            Harmless.expectPlain(invoked, "invoke")
        }

        /// Every field of every record at once, by the driver: every row as wide as the screen at most.
        @Test(arguments: 1...4)
        func everyFieldOfEveryRecord(seed: UInt64) async throws {
            let session = HostileSession(seed: seed, longest: seed == 1 ? 500_000 : 1_000)
            let lines = session.lines.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
            try self.workspace.write(
                """
                size 100x30
                screen
                <enter>]]<enter>]
                screen
                ]yc
                clipboard
                <esc><esc>2g<enter><enter>
                screen
                3<enter>
                screen
                4
                screen
                5
                size 40x10
                """,
                to: "keys"
            )
            let run = try await Program.run(["tui", "-", "--keys", "keys"], in: self.workspace, input: lines)
            #expect(run.status == 0, "\(run.errors)")
            Harmless.expectPlain(run, "seed \(seed)")
            #expect(run.output.contains("inv"))
            let tail = try await Program.run(["tail", "-"], in: self.workspace, input: lines)
            Harmless.expectPlain(tail, "tail, seed \(seed)")
        }
    }
}
