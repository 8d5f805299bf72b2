import Foundation
import Testing

/// Which modules each target may import. The graph of the Architecture article, as a test.
@Suite struct ImportTests {
    private static let c: Set<String> = ["Glibc", "Darwin", "Musl"]

    private static let allowed: [String: Set<String>] = [
        // Pure: nothing here may lead to I/O, so not even the C library.
        "LmonJSON": [],
        "LambdaWire": ["LmonJSON"],
        "LambdaLifecycle": ["LambdaWire"],
        "LmonRecord": ["LmonJSON", "LambdaWire"],
        "LmonSpool": ["LmonJSON", "LmonRecord"],
        "LmonS3": ["LmonJSON", "LmonRecord", "LmonSpool"],
        // What deflates is C, and so is what searches text; both compute only.
        "LmonArchive": ["CZlib"],
        "LmonModel": ["CText", "LmonJSON", "LmonRecord"],
        "LmonScreen": [],
        "LmonUI": ["LmonJSON", "LmonRecord", "LmonModel", "LmonScreen"],
        // Edges.
        "LmonHTTP": c.union(["NIOCore", "NIOPosix", "NIOHTTP1", "NIOConcurrencyHelpers", "Synchronization"]),
        "LmonTLS": c.union(["LmonHTTP", "NIOCore", "NIOSSL", "NIOTLS", "Synchronization"]),
        "LmonCollector": c.union([
            "Dispatch", "Foundation", "LmonArchive", "LmonHTTP", "LmonJSON", "LmonModel", "LmonRecord", "LmonSpool",
            "LmonStore", "Synchronization",
        ]),
        "LmonRemote": c.union([
            "Foundation", "LmonArchive", "LmonHTTP", "LmonJSON", "LmonRecord", "LmonS3", "LmonSpool", "LmonTLS",
            "Synchronization",
        ]),
        "LmonInterceptors": [],
        "LmonLayer": ["LmonArchive", "LmonInterceptors", "LmonS3"],
        "LmonProject": c.union(["Foundation", "LambdaWire", "LmonArchive", "LmonJSON", "Yams"]),
        "LmonSupervisor": c.union(["CProcess", "Synchronization"]),
        "LmonAgent": c.union([
            "CRescue", "LambdaWire", "LmonArchive", "LmonHTTP", "LmonJSON", "LmonRecord", "LmonS3", "LmonSpool",
            "LmonTLS", "Synchronization",
        ]),
        "LmonEmulator": c.union([
            "LambdaLifecycle", "LambdaWire", "LmonHTTP", "LmonInterceptors", "LmonJSON", "LmonProject", "LmonRecord",
            "LmonSupervisor", "Synchronization",
        ]),
        "LmonStore": c.union([
            "Dispatch", "Foundation", "GRDB", "GRDBSQLite", "LmonJSON", "LmonModel", "LmonRecord", "Synchronization",
        ]),
        "LmonSession": c.union([
            "Dispatch", "Foundation", "LmonModel", "LmonRecord", "LmonStore", "LmonUI", "Synchronization",
        ]),
        "LmonTerminal": c.union(["CNcurses", "LmonScreen", "Synchronization"]),
        // Roots.
        "lmon-agent": c.union(["CRescue", "LambdaWire", "LmonAgent", "LmonRecord"]),
        "lmon": c.union([
            "ArgumentParser", "Dispatch", "Foundation", "LambdaWire", "LmonAgent", "LmonArchive", "LmonCollector",
            "LmonEmulator",
            "LmonHTTP",
            "LmonInterceptors", "LmonJSON", "LmonLayer", "LmonModel", "LmonProject", "LmonRecord", "LmonRemote",
            "LmonScreen", "LmonSession", "LmonStore", "LmonSupervisor", "LmonTLS", "LmonTerminal", "LmonUI",
            "Synchronization",
        ]),
        "lmon-bench": c.union([
            "ArgumentParser", "Dispatch", "Foundation", "LambdaWire", "LmonAgent", "LmonArchive", "LmonEmulator",
            "LmonHTTP", "LmonInterceptors", "LmonJSON", "LmonModel", "LmonProject", "LmonRecord", "LmonRemote",
            "LmonS3", "LmonScreen",
            "LmonSession", "LmonSpool", "LmonStore", "LmonTLS", "LmonSupervisor", "LmonUI", "Synchronization",
            // The bare relay that the emulator is measured against.
            "NIOCore", "NIOHTTP1", "NIOPosix",
        ]),
    ]

    @Test func everyTargetImportsOnlyWhatItMay() throws {
        let violations = try SourceTree.targets().flatMap { target in
            try SourceTree.files(in: target).flatMap { file in
                Self.violations(in: file.text, of: target).map { "\(target)/\(file.name) imports \($0)" }
            }
        }
        #expect(violations == [])
    }

    @Test func everyTargetStandsInTheTable() throws {
        let known = Set(Self.allowed.keys).union(["CNcurses", "CProcess", "CRescue", "CText", "CZlib"])
        #expect(Set(try SourceTree.targets()) == known)
    }

    /// The check itself: an import that the table does not name is found in each of its spellings.
    @Test(arguments: [
        ("import NIOCore", ["NIOCore"]),
        ("package import LmonHTTP // for the responder", ["LmonHTTP"]),
        ("#if canImport(Glibc)\nimport Glibc\n#endif", ["Glibc"]),
        ("@preconcurrency import Foundation", ["Foundation"]),
        ("import struct Foundation.Date", ["Foundation"]),
        ("import LmonJSON\nimport LmonRecord", []),
        ("// import NIOCore\nlet text = \"import NIOCore\"", []),
        // A program in another language, which stands indented in its literal.
        ("let program = \"\"\"\n    import json, sys\n    \"\"\"", []),
    ])
    func aForbiddenImportIsFound(source: String, expected: [String]) {
        #expect(Self.violations(in: source, of: "LmonModel") == expected)
    }

    private static func violations(in source: String, of target: String) -> [String] {
        let allowed = Self.allowed[target] ?? []
        return source.split(separator: "\n").compactMap { Self.imported(by: $0) }.filter { !allowed.contains($0) }
    }

    /// The module that a line imports, if it does; the format has imports stand at its beginning.
    private static func imported(by line: Substring) -> String? {
        guard line.first != " " else { return nil }
        let words = line.split(separator: " ").prefix { !$0.hasPrefix("//") }
        guard let index = words.firstIndex(of: "import"), index + 1 < words.endIndex else { return nil }
        let modifiers: Set<Substring> = ["package", "public", "internal", "private", "fileprivate", "@preconcurrency"]
        guard words[..<index].allSatisfy(modifiers.contains) else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "func", "var", "let", "protocol", "typealias"]
        let name = kinds.contains(words[index + 1]) ? words[index + 2] : words[index + 1]
        return name.split(separator: ".").first.map(String.init)
    }
}
