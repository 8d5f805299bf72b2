import Foundation
import Testing

extension EndToEndTests {
    /// The terminal changes its size whenever it likes, whatever is open.
    @Suite(.enabled(if: TerminalProgram.isAvailable)) struct TerminalSizeTests {
        private let sight: RecordedSight

        init() throws {
            self.sight = try RecordedSight()
        }

        /// Each with what shows that it is open, at a size where there is room for it.
        @Test(arguments: [
            ("", "1 Invocations"), ("?", "next row, or scroll"), (":", "do it"), ("f", "filter:"), ("/", "close"),
            ("y", "Esc"), ("x", "Esc"), ("\r", "handler"), ("\r\rz", "zoomed"), ("5", "5 Stats"),
            ("4", "4 Environments"),
        ])
        func everySizeIsDrawn(keys: String, shown: String) async throws {
            let view = try await self.sight.open()
            for key in keys { view.type(String(key)) }
            #expect(await view.shows(shown))
            for (columns, rows) in [(31, 8), (300, 100), (1, 1), (40, 10), (500, 2), (2, 200), (80, 24)] {
                view.forget()
                view.resize(columns: columns, rows: rows)
                if columns < 40 || rows < 10 {
                    let text = "lmon needs 40×10, this is \(columns)×\(rows)"
                    #expect(await view.shows(String(text.prefix(columns))), "\(columns)×\(rows)")
                } else {
                    #expect(await eventually { !view.bytes.isEmpty }, "\(columns)×\(rows)")
                }
            }
            view.forget()
            view.resize(columns: 100, rows: 30)
            #expect(await view.shows(shown))
            view.type("\u{3}")
            #expect(await view.end() == 0)
            #expect(view.isAsBefore && view.isRestored)
        }

        /// The last one counts.
        @Test func manyAtOnceEndInTheLast() async throws {
            let view = try await self.sight.open()
            for round in 0..<50 { view.resize(columns: 20 + round * 7 % 180, rows: 5 + round * 3 % 60) }
            view.forget()
            view.resize(columns: 33, rows: 7)
            #expect(await view.shows("33×7"))
            for round in 0..<50 {
                view.resize(columns: 1 + round * 11 % 200, rows: 1 + round * 5 % 70)
                view.type(round % 2 == 0 ? "?" : "\u{1B}[A")
            }
            view.resize(columns: 35, rows: 7)
            #expect(await view.shows("35×7"))
            view.type("\u{3}")
            #expect(await view.end() == 0)
            #expect(view.isAsBefore && view.isRestored)
        }
    }
}
