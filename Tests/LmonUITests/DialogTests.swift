import LmonModel
import LmonScreen
import LmonTestSupport
import LmonUI
import Testing

/// The dialog of `i`: which function, which event.
@Suite struct DialogTests {
    private static func rig(_ columns: Int = 80, _ rows: Int = 24) -> UIRig {
        var rig = UIRig.started(columns: columns, rows: rows)
        rig.events = [
            EventChoice(.file("events/large-order.json"), "{\n  \"order\": {\"id\": 8}\n}"),
            EventChoice(.sample("sqs"), #"{"Records":[]}"#),
        ]
        return rig
    }

    private static let scripts = [
        ("i^u{\"order\":<alt-x>^j  \"id\": 7^j}", "edited"), ("i^l", "events"), ("i^ljj<enter>", "file"),
        ("i^u{\"a\":^j  tru}<enter>", "error"), ("i^t", "tidy"),
    ]

    @Test(arguments: ScreenGoldenTests.sizes, scripts)
    func afterKeys(size: (Int, Int), script: (String, String)) throws {
        var rig = Self.rig(size.0, size.1)
        rig.type(script.0)
        try expectGolden(rig.screen, named: "dialog-\(script.1)-\(size.0)x\(size.1)")
    }

    @Test func whatIsNoJSONIsNotSentAndTheCursorGoesThere() {
        var rig = Self.rig()
        rig.type("i^u{\"a\":^j  [1, oops]}<enter>")
        #expect(rig.effects == [])
        #expect(rig.text.contains("line 2 column 7: unexpected 'o'"))
        rig.type("<delete><delete><delete><delete>2<enter>")
        #expect(rig.effects == [.invoke(function: "orders", event: "{\"a\":\n  [1, 2]}")])
    }

    @Test func nothingAtAllIsAnEmptyObject() {
        var rig = Self.rig()
        rig.type("i^u  <enter>")
        #expect(rig.effects == [.invoke(function: "orders", event: "{}")])
    }

    @Test func eventsComeFromWhatWasSentTheSelectionFilesAndSamples() {
        var rig = Self.rig()
        rig.type("i^u1<enter>i^u2<enter>i^l")
        for text in ["sent before", "of 9f3c…e1", "events/large-order.json", "sample:sqs"] {
            #expect(rig.text.contains(text), "\(text)")
        }
        rig.type("j<enter><enter>")
        #expect(rig.effects.last == .invoke(function: "orders", event: "1"))
        rig.type("i<tab>^l")
        #expect(!rig.text.contains("sent before"), "they belong to another function")
    }

    @Test func tidyTurnsToAndFro() {
        var rig = Self.rig()
        rig.type("i^t<enter>")
        let pretty =
            "{\n  \"order\": {\n    \"id\": 7,\n    \"items\": [\n      4,\n      9\n    ]\n  },\n  \"user\": 4\n}"
        #expect(rig.effects == [.invoke(function: "orders", event: pretty)])
        rig.type("i^t<enter>")
        #expect(rig.effects.last == .invoke(function: "orders", event: #"{"order":{"id":7,"items":[4,9]},"user":4}"#))
    }

    @Test(arguments: ["i^o", "i<f4>"])
    func theEditorGetsTheTextAndGivesItBack(script: String) {
        var rig = Self.rig()
        rig.type(script)
        #expect(rig.effects == [.edit(#"{"order":{"id":7,"items":[4,9]},"user":4}"#, .event)])
        rig.send(.edited(.event, "{\"a\":1}\n"))
        rig.send(.edited(.event, nil))
        rig.type("<enter>")
        #expect(rig.effects.last == .invoke(function: "orders", event: "{\"a\":1}"))
    }

    @Test func replayEditedOpensTheEventOfTheInvocationAndSaysWhatItLacks() throws {
        var rig = Self.rig()
        rig.type("R")
        #expect(rig.text.contains("of 9f3c…e1"))
        rig.type("<esc>")
        let choice = EventChoice(
            .invocation(Sample.id("9f3c")),
            #"{"key":"‹redacted›"}"#,
            flaw: "redacted: fill in /key"
        )
        rig.send(.drafted(EventDraft(function: "payment", choice: choice)))
        try expectGolden(rig.screen, named: "dialog-redacted-80x24")
        rig.type("<esc>")
        rig.send(.drafted(EventDraft(function: "elsewhere", choice: choice)))
        #expect(rig.text.contains("elsewhere does not run here."))
    }

    @Test func aDraftDoesNotReplaceWhatIsBeingTyped() {
        var rig = Self.rig()
        rig.type("i^u{\"mine\":1}")
        rig.send(.drafted(EventDraft(function: "orders", choice: EventChoice(.typed, "{}"))))
        rig.type("<enter>")
        #expect(rig.effects == [.invoke(function: "orders", event: "{\"mine\":1}")])
    }

    @Test(arguments: [(40, 10), (80, 24), (200, 60)])
    func theCursorStaysInTheDialogWhateverIsTyped(columns: Int, rows: Int) {
        var rig = Self.rig(columns, rows)
        rig.type("i^u")
        let long = String(repeating: "日本e\u{301}x ", count: 60)
        rig.send(.input(.paste((0..<40).map { "\($0) \(long)" }.joined(separator: "\n"))))
        var random = SeededGenerator(seed: 7)
        let keys: [Key] = [
            .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .backspace, .delete, .control("j"),
            .control("k"), .control("u"), .control("w"), .character("x"), .character("\u{301}"),
        ]
        for _ in 0..<400 {
            rig.send(.input(.key(random.pick(keys))))
            let screen = rig.screen
            guard let cursor = screen.cursor else {
                Issue.record("no cursor")
                return
            }
            #expect((1..<(columns - 1)).contains(cursor.column) && (1..<(rows - 1)).contains(cursor.row))
        }
    }
}

@Suite struct TextEditorTests {
    @Test(arguments: [
        ("ab^jcd", "ab\ncd", 1, 2), ("ab^jcd<up>x", "abx\ncd", 0, 3), ("ab<left>^jx", "a\nxb", 1, 1),
        ("ab^j<backspace>", "ab", 0, 2), ("ab^jcd<home><backspace>", "abcd", 0, 2),
        ("ab^jcd<up><end><delete>", "abcd", 0, 2),
        ("  a^jb", "  a\n  b", 1, 3), ("a b c^w", "a b ", 0, 4), ("abc<left><left>^k", "a", 0, 1),
        ("a^jb<up>^k", "ab", 0, 1), ("abc^jd<up><up><up>", "abc\nd", 0, 1), ("a^jlong<up><down>", "a\nlong", 1, 1),
        ("e\u{301}<left>x", "xe\u{301}", 0, 1),
    ])
    func keys(script: String, text: String, row: Int, column: Int) {
        var rig = UIRig.started()
        rig.type("i^u" + script)
        guard case .invoke(let dialog)? = rig.state.overlay else {
            Issue.record("no dialog")
            return
        }
        #expect(dialog.editor.text == text)
        #expect(dialog.editor.row == row)
        #expect(dialog.editor.column == column)
    }

    /// One line over several rows: up and down go by what is seen.
    @Test func upAndDownFollowTheRowsOfALongLine() {
        var editor = TextEditor(String(repeating: "0123456789", count: 3))
        editor.move(toRow: 0, column: 15)
        editor.moveVertically(by: -1, columns: 10)
        #expect(editor.column == 5)
        editor.moveVertically(by: 2, columns: 10)
        #expect(editor.column == 25)
        editor.moveVertically(by: 1, columns: 10)
        #expect(editor.column == 25)
    }
}
