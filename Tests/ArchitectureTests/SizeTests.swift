import Foundation
import Testing

/// Large files are where concerns collect; the limit makes the split a habit.
@Suite struct SizeTests {
    private static let limit = 400

    @Test func noSourceFileIsLongerThanTheLimit() throws {
        let long = try SourceTree.targets().flatMap { target in
            try SourceTree.files(in: target).filter { $0.lines > Self.limit }.map {
                "\(target)/\($0.name): \($0.lines)"
            }
        }
        #expect(long == [])
    }

    @Test func theTopLevelHoldsWhatItMay() throws {
        let expected: Set<String> = ["Package.swift", "README.md", "Sources", "Tests", "demo"]
        let names = try FileManager.default.contentsOfDirectory(atPath: SourceTree.root.path)
        let extra = names.filter { !$0.hasPrefix(".") && !expected.contains($0) && $0 != "Package.resolved" }
        #expect(extra == [])
    }
}
