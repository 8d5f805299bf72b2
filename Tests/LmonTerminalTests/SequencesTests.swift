import Foundation
import Testing

@testable import LmonTerminal

/// What puts text on the clipboard of a terminal that GNU screen stands in front of.
@Suite struct SequencesTests {
    /// What screen hands on: what is between `ESC P` and `ESC \`, of each string that is not too long.
    private static func handedOn(_ bytes: [UInt8]) throws -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            try #require(rest.starts(with: Array("\u{1B}P".utf8)))
            let end = try #require(
                zip(rest.indices, rest.indices.dropFirst()).first { rest[$0] == 0x1B && rest[$1] == 0x5C }
            )
            #expect(end.1 + 1 - rest.startIndex <= 768)
            result += rest[(rest.startIndex + 2)..<end.0]
            rest = rest[(end.1 + 1)...]
        }
        return result
    }

    @Test(arguments: [0, 1, 500, 567, 568, 569, 20_000])
    func screenHandsOnWhatTheTerminalIsToGet(length: Int) throws {
        let text = String(repeating: "é", count: length)
        let sequence = Sequences.clipboard(text)
        let encoded = Data(text.utf8).base64EncodedString()
        #expect(String(decoding: sequence, as: UTF8.self) == "\u{1B}]52;c;\(encoded)\u{07}")
        #expect(try Self.handedOn(Sequences.clipboard(text, isInScreen: true)) == sequence)
    }

    @Test(arguments: [
        ("screen-256color", ["STY": "1.pts-0.host"], true), ("screen", ["STY": "1.pts-0.host"], true),
        ("screen-256color", [:], false), ("screen-256color", ["STY": ""], false),
        ("xterm-256color", ["STY": "1.pts-0.host"], false),
        ("screen-256color", ["STY": "1.pts-0.host", "TMUX": "/tmp/tmux-0/default,1,0"], false),
    ])
    func screenIsKnownByItsVariableAndItsType(type: String, variables: [String: String], isInScreen: Bool) {
        #expect(Sequences.isInScreen(type) { variables[$0] } == isInScreen)
    }

    /// Back to the screen of before, or, where there is none, to an empty one.
    @Test(arguments: [(["rmcup": "BACK", "clear": "EMPTY"], "BACK"), (["clear": "EMPTY$<50>"], "EMPTY")])
    func theShellGoesOnWhereNothingIsLeftOfTheView(capabilities: [String: String], end: String) {
        #expect(String(decoding: Sequences.restore { capabilities[$0] }, as: UTF8.self).hasSuffix(end))
    }
}
