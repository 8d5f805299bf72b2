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

    @Test func theReadmeShowsIt() throws {
        let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let block = try #require(readme.components(separatedBy: "<!-- screen -->\n```\n").dropFirst().first)
        let shown = try #require(block.components(separatedBy: "\n```").first)
        let screen = Self.rig.screen
        let drawn = (0..<screen.size.rows).map { screen.text(row: $0) }
        #expect(shown.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) == drawn)
    }
}
