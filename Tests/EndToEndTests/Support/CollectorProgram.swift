import Foundation
import LmonJSON

/// A collector: answers 200, at once or when it is told to, and keeps what it was sent as lines of a file.
struct CollectorProgram {
    let url: String
    private let file: String
    private let program: RunningProgram

    private static let script = """
        const fs = require('fs');
        const [, , file, answers] = process.argv;
        let waiting = answers === 'true' ? null : [];
        let kept = '';
        process.stdin.on('data', (text) => {
            kept = text.toString();
            waiting = [];
            console.log('silent');
        });
        process.on('SIGUSR2', () => {
            waiting?.forEach((response) => response.end());
            waiting = null;
        });
        const server = require('http').createServer((request, response) => {
            const chunks = [];
            request.on('data', (chunk) => chunks.push(chunk));
            request.on('end', () => {
                fs.appendFileSync(file + '.tokens', (request.headers.authorization ?? '') + '\\n');
                fs.appendFileSync(file, Buffer.concat(chunks) + '\\n');
                const body = Buffer.concat(chunks).toString();
                if (waiting !== null && body.includes(kept)) waiting.push(response); else response.end();
            });
        });
        server.listen(0, '127.0.0.1', () => console.log(server.address().port));
        """

    static func start(
        in workspace: Workspace,
        _ name: String = "collected",
        answers: Bool = true
    ) async throws -> CollectorProgram {
        let script = try workspace.write(Self.script, to: "collector.cjs")
        let file = "\(workspace.path)/\(name).ndjson"
        let program = try RunningProgram(
            ["node", script, file, "\(answers)"],
            in: workspace,
            executable: "/usr/bin/env"
        )
        try await program.wait(for: "\n")
        let port = program.output.split(separator: "\n").first ?? ""
        return CollectorProgram(url: "http://127.0.0.1:\(port)", file: file, program: program)
    }

    /// Batches that hold the text wait until `answerFromNowOn`.
    func answerNoBatch(with text: String) async throws {
        self.program.type(text)
        try await self.program.wait(for: "silent")
    }

    func answerFromNowOn() { self.program.signal(SIGUSR2) }

    var records: [JSONValue] {
        let text = (try? String(contentsOfFile: self.file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
    }

    var sequences: [Int] { self.records.compactMap { $0["sequence"]?.int } }

    /// Something came, and every number up to the last one, once and in order.
    var isComplete: Bool {
        let sequences = self.sequences
        return !sequences.isEmpty && sequences == sequences.indices.map { $0 + 1 }
    }

    var tokens: Set<String> {
        let text = (try? String(contentsOfFile: "\(self.file).tokens", encoding: .utf8)) ?? ""
        return Set(text.split(separator: "\n").map(String.init))
    }

    /// Invocations that the agent tells to have held.
    var held: Int {
        self.records.count { $0["type"]?.string == "lmon.overhead" && $0["record"]?["heldMs"] != nil }
    }

    func deliveries(of sink: String) -> Int {
        self.records.count { $0["type"]?.string == "lmon.delivery" && $0["record"]?["sink"]?.string == sink }
    }

    func count(of type: String) -> Int { self.records.count { $0["type"]?.string == type } }
}
