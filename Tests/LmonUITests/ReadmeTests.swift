import Foundation
import LmonModel
import LmonRecord
import LmonScreen
import LmonTestSupport
import Testing

/// The README's picture is a golden: what it shows is what lmon draws.
@Suite struct ReadmeTests {
    /// The session of the design's drawing, with what only a deployed agent tells left out.
    private static let rig: UIRig = {
        let rows = Sample.rows.map { row -> ListRow in
            guard case .lifecycle(let event) = row else { return row }
            let kept = event.parts.filter { !$0.hasPrefix("agent") && !$0.hasPrefix("recap") }
            return Sample.lifecycle(event.kind == .initialization ? 1 : 90, at: Self.clock(event), kept)
        }
        var invocation = Sample.orders.invocation
        invocation.overhead = Invocation.Overhead()
        invocation.spans.removeAll { $0.name == "extensionOverhead" }
        var rig = UIRig(rows: rows, details: [InvocationDetail(invocation)])
        rig.change()
        return rig
    }()

    private static func clock(_ event: LifecycleEvent) -> String {
        String(event.time.description.dropFirst(11).dropLast())
    }

    @Test func theScreenIsAGolden() throws {
        try expectGolden(Self.rig.screen, named: "readme")
    }

    private static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// `lmon picture` made it from the golden.
    @Test func thePictureIsThatOfTheGolden() throws {
        let golden = Self.root.appending(path: "Tests/LmonUITests/__Goldens__/readme.txt")
        let screen = try #require(ScreenText.screen(from: try String(contentsOf: golden, encoding: .utf8)))
        let picture = try String(contentsOf: Self.root.appending(path: "demo/screen.svg"), encoding: .utf8)
        #expect(
            picture == SVGPicture(screen, title: "lmon").text,
            "lmon picture Tests/LmonUITests/__Goldens__/readme.txt > demo/screen.svg"
        )
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        #expect(readme.contains("](demo/screen.svg)"))
    }

    @Test func everyGoldenIsReadBack() throws {
        let folder = Self.root.appending(path: "Tests/LmonUITests/__Goldens__").path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        for name in names {
            let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            let screen = try #require(ScreenText.screen(from: text), "\(name)")
            #expect(ScreenText.of(screen) == text, "\(name)")
        }
    }
}
