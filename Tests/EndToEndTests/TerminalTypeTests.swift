import Foundation
import Testing

extension EndToEndTests {
    /// Terminals of all kinds: what they cannot do is not asked of them.
    @Suite(.enabled(if: TerminalProgram.isAvailable)) struct TerminalTypeTests {
        private let sight: RecordedSight

        init() throws {
            self.sight = try RecordedSight()
        }

        /// Parameters of SGR that set a colour, each once.
        private func colors(in text: String) -> Set<Int> {
            let pieces = text.components(separatedBy: "\u{1B}[").dropFirst()
            let parameters = pieces.flatMap { piece -> [Int] in
                let digits = piece.prefix { $0.isNumber || $0 == ";" }
                guard piece.dropFirst(digits.count).first == "m" else { return [] }
                return digits.split(separator: ";").compactMap { Int($0) }
            }
            return Set(
                parameters.filter { (30...38).contains($0) || (40...48).contains($0) || (90...107).contains($0) }
            )
        }

        @Test(arguments: ["xterm-256color", "xterm", "screen", "screen-256color", "tmux-256color", "linux", "vt100"])
        func everyTypeShowsAndGivesBack(type: String) async throws {
            let view = try await self.sight.open(variables: ["TERM": type])
            view.type("\r")
            #expect(await view.shows("handler"))
            #expect(self.colors(in: view.text).isEmpty == (type == "vt100"))
            #expect(!view.text.contains("$<"), "a pause that was asked for is no text")
            view.type("\u{3}")
            #expect(await view.end() == 0)
            #expect(view.isAsBefore)
        }

        @Test func oneThatOnlyPrintsIsToldWhatDoes() async throws {
            let view = try self.sight.start(variables: ["TERM": "dumb"])
            #expect(await view.end() == 1)
            #expect(view.text.contains("can only print lines: use lmon tail."))
            #expect(!view.text.contains("\u{1B}"))
            #expect(view.isAsBefore)
        }

        @Test(arguments: ["", "no-such-terminal"])
        func oneThatNobodyKnowsIsNamed(type: String) async throws {
            let view = try self.sight.start(variables: ["TERM": type])
            #expect(await view.end() == 1)
            #expect(view.text.contains("The terminal type \"\(type)\" is not known here."))
            #expect(!view.text.contains("\u{1B}"))
            #expect(view.isAsBefore)
        }

        @Test func coloursCanBeRefused() async throws {
            let view = try await self.sight.open(variables: ["NO_COLOR": "1"])
            view.type("\r")
            #expect(await view.shows("handler"))
            #expect(self.colors(in: view.text).isEmpty)
            view.type("\u{3}")
            #expect(await view.end() == 0)
        }

        /// Where the character set is ASCII, nothing else is written, whatever is opened.
        @Test func aPlainLocaleGetsPlainBytes() async throws {
            let view = try await self.sight.open(variables: ["LANG": "C", "LC_ALL": "C"])
            view.type("\r")
            #expect(await view.shows("handler"))
            for keys in ["\r", "]", "]", "?", "2", "3", "4", "5", ":", "\u{1B}"] { view.type(keys) }
            view.resize(columns: 31, rows: 8)
            #expect(await view.shows("31x8"))
            view.type("\u{3}")
            #expect(await view.end() == 0)
            #expect(view.bytes.allSatisfy { $0 < 0x80 })
        }
    }
}
