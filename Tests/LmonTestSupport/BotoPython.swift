import Foundation

/// A Python with botocore and moto's server, which speak S3 besides lmon. `./Tests/run` installs them and says where it is.
package enum BotoPython {
    /// Nil if it is not installed.
    package static let path: String? = {
        let named = ProcessInfo.processInfo.environment["LMON_MOTO"] ?? ""
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let own = folder.appendingPathComponent(".build/moto/bin/python").path
        return [named, own].first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// Runs a script with arguments; what it wrote.
    package static func run(_ script: String, _ arguments: [String] = []) async throws -> String {
        let tool = Tool(path: Self.path ?? "")
        let (output, status) = try await tool.run(["-c", script] + arguments)
        guard status == 0 else { throw Failed(description: "status \(status): \(output.suffix(2000))") }
        return output
    }

    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }
}
