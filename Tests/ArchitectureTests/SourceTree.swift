import Foundation

/// The project's own sources, read from the checkout that the test was compiled from.
enum SourceTree {
    struct File {
        let name: String
        let text: String
        var lines: Int { self.text.count { $0 == "\n" } }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func targets() throws -> [String] {
        let sources = self.root.appending(path: "Sources")
        return try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The Swift files of a target, sorted by name.
    static func files(in target: String) throws -> [File] {
        let folder = self.root.appending(path: "Sources/\(target)").resolvingSymlinksInPath()
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        return try names.sorted().map {
            File(name: $0, text: try String(contentsOf: folder.appending(path: $0), encoding: .utf8))
        }
    }
}
