import Foundation
package import LmonScreen
package import Testing

/// Compares a screen with `__Goldens__/NAME.txt` beside the calling test file: the characters, then the styles, so that
/// a lost highlight fails too.
///
/// A golden that is missing is written, and the test fails, so that nobody overlooks a new one.
/// `LMON_UPDATE_GOLDENS=1` rewrites all that differ; look at the difference before committing it.
package func expectGolden(
    _ screen: Screen,
    named name: String,
    file: String = #filePath,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("__Goldens__")
    let path = folder.appendingPathComponent("\(name).txt")
    let actual = ScreenText.of(screen)
    let expected = try? String(contentsOf: path, encoding: .utf8)
    if expected == actual { return }
    let mayRewrite = ProcessInfo.processInfo.environment["LMON_UPDATE_GOLDENS"] == "1"
    if expected == nil || mayRewrite {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try actual.write(to: path, atomically: true, encoding: .utf8)
        if mayRewrite { return }
    }
    let difference = expected.map { GoldenText.difference(expected: $0, actual: actual) } ?? actual
    Issue.record(
        "\(expected == nil ? "new golden, look at it" : "screen differs from golden") \(name)\n\(difference)",
        sourceLocation: sourceLocation
    )
}

enum GoldenText {
    static func difference(expected: String, actual: String) -> String {
        let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
        var lines: [String] = []
        for index in 0..<max(old.count, new.count) {
            let before = index < old.count ? old[index] : ""
            let after = index < new.count ? new[index] : ""
            guard before != after else { continue }
            lines.append("line \(index + 1)\n- \(before)\n+ \(after)")
        }
        return lines.joined(separator: "\n")
    }
}
