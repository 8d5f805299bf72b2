import Foundation
import LmonTestSupport
import Testing

@testable import LmonInterceptors

@Suite struct ScriptBundleTests {
    private static let entry = """
        'use strict';
        // A comment.
        const fs = require('fs');
        const early = require('./early.cjs');
        console.log(early.read === undefined, typeof fs.readFileSync);
        const { add, fail, where } = require('./late.cjs');
        console.log(add(1), add(1), require('./late.cjs').add(1), require('../Shared/data.json').name, where === __filename);
        try { require('./shaky.cjs'); } catch { console.log('failed once'); }
        console.log(require('./shaky.cjs'));
        try { fail(); } catch (error) { console.log(error.stack.split('\\n')[1]); }
        """
    private static let late = """
        'use strict';
        const other = require('./other.cjs');
        let sum = other;

        module.exports = {
            add: (value) => (sum += value), where: __filename,
            fail() { throw new Error('x'); },
        };
        """

    private func bundle() -> ScriptBundle {
        ScriptBundle(
            entry: ("main.cjs", Array(Self.entry.utf8)),
            parts: [("early.cjs", Array("module.exports = { read: globalThis.isRead };".utf8))],
            later: [
                [("late.cjs", Array(Self.late.utf8)), ("../Shared/data.json", Array(#"{"name":"é*"}"#.utf8))],
                [("other.cjs", Array("globalThis.isRead = true; module.exports = 10;".utf8))],
                [
                    (
                        "shaky.cjs",
                        Array("if (!globalThis.again) { globalThis.again = true; throw 1; } module.exports = 2;".utf8)
                    )
                ],
            ]
        )
    }

    @Test(arguments: Node.all)
    func whatIsReadLaterRunsAsIfItHadBeenReadAtOnce(node: Node) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "lmon-bundle-\(UUID().uuidString).cjs")
        defer { try? FileManager.default.removeItem(at: file) }
        let bytes = self.bundle().bytes
        try Data(bytes).write(to: file)
        let (output, status) = try await Tool(path: node.path).run([file.path])
        #expect(status == 0)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(lines.firstIndex { $0.hasPrefix("fail()") }) + 1
        let told = output.split(separator: "\n")
        #expect(told.dropLast() == ["true function", "11 12 13 é* true", "failed once", "2"])
        // Errors name the line of the file.
        #expect(told.last?.contains("\(file.path):\(line):") == true, "\(output)")
    }

    @Test(arguments: Node.all)
    func withoutItsCommentsItDoesNothing(node: Node) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "lmon-bundle-\(UUID().uuidString).cjs")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(Self.withoutComments(self.bundle()).utf8).write(to: file)
        let (output, status) = try await Tool(path: node.path).run([file.path])
        #expect(output == "" && status == 0)
    }

    private static func withoutComments(_ bundle: ScriptBundle) -> String {
        var rest = String(decoding: bundle.bytes, as: UTF8.self)[...]
        var code = ""
        while let begin = rest.range(of: "function(){/*"), let end = rest.range(of: "*/}]") {
            code += rest[..<begin.lowerBound] + "function(){}]"
            rest = rest[end.upperBound...]
        }
        return code + rest
    }

    @Test func aStartReadsWhatItRunsOnly() throws {
        let text = String(decoding: self.bundle().bytes, as: UTF8.self)
        let code = Self.withoutComments(self.bundle())
        #expect(code.contains("isRead") && code.contains("const early"))
        #expect(!code.contains("sum") && !code.contains("é") && !code.contains("module.exports = 10"))
        #expect(!text.contains("A comment."))
    }
}
