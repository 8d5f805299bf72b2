import LmonScreen
import Testing

@Suite struct PaletteTests {
    private static let red: Set<UInt8> = [1, 9, 196, 203]

    @Test(arguments: ColorDepth.allCases)
    func onlyFailureIsRed(depth: ColorDepth) {
        for role in Role.allCases where role != .failed {
            let look = Palette.appearance(of: Style(role, .selected), depth: depth)
            #expect(!Self.red.contains(look.foreground ?? 0), "\(role)")
            #expect(!Self.red.contains(look.background ?? 0), "\(role)")
        }
    }

    @Test(arguments: [
        (Role.failed, Appearance(foreground: 203), Appearance(foreground: 1, attributes: .bold), Attributes.bold),
        (.warning, Appearance(foreground: 214), Appearance(foreground: 3), .underline),
        (.inFlight, Appearance(foreground: 81), Appearance(foreground: 6), .bold),
        (.lambda, Appearance(foreground: 244), Appearance(foreground: 8), .dim),
        (.call, Appearance(foreground: 75), Appearance(foreground: 4), Attributes()),
        (.lmon, Appearance(foreground: 141), Appearance(foreground: 5), .italic),
    ])
    func isTheTableOfTheDesign(role: Role, full: Appearance, sixteen: Appearance, mono: Attributes) {
        #expect(Palette.appearance(of: Style(role), depth: .palette256) == full)
        #expect(Palette.appearance(of: Style(role), depth: .sixteen) == sixteen)
        #expect(Palette.appearance(of: Style(role), depth: .mono) == Appearance(attributes: mono))
    }

    @Test(arguments: ColorDepth.allCases)
    func theSelectedRowIsSeenAtEveryDepth(depth: ColorDepth) {
        for role in Role.allCases where role != .match {
            #expect(
                Palette.appearance(of: Style(role, .selected), depth: depth)
                    != Palette.appearance(of: Style(role), depth: depth)
            )
        }
    }

    @Test func everyASCIIGlyphIsASCIIAndNoneIsWide() {
        for glyphs in [Glyphs.unicode, .ascii] {
            for child in Mirror(reflecting: glyphs).children {
                let text = "\(child.value)"
                #expect(Text.width(of: text) == 1, "\(child.label ?? "")")
                if glyphs == .ascii { #expect(Text.isPrintableASCII(text), "\(child.label ?? "")") }
            }
        }
        #expect(Glyphs.ascii.rendered("✗ 2 · ↵ opens…") == "x 2 - Enter opens...")
    }

    @Test func keyScriptsAreReadAsTheyAreWritten() {
        let keys: [Key] = [
            .character("j"), .enter, .character("/"), .control("d"), .shiftTab, .character("<"), .character("é"),
        ]
        #expect(KeyScript.keys("j<enter>/^d<shift-tab><lt>é") == keys)
        #expect(keys.map(KeyScript.script).joined() == "j<enter>/^d<shift-tab><lt>é")
        #expect(KeyScript.keys("a<b>") == "a<b>".map(Key.character))
    }
}
