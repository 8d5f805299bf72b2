package import LmonArchive
import LmonInterceptors

/// A layer: what stands in its zip, and what it takes.
package struct Layer: Sendable {
    package struct File: Hashable, Sendable {
        package let path: String
        package let size: Int
        package let packedSize: Int
    }

    package static let agent = "lmon/lmon-agent"
    /// What Lambda starts: a script that starts the agent.
    package static let starter = InterceptorFiles.starter
    /// What Lambda takes, unpacked, of a function with all of its layers.
    package static let roomInLambda = 262_144_000

    /// The zip file, the same for the same agent and the same lmon.
    package let zip: [UInt8]
    /// In the order of the zip.
    package let files: [File]
    package let architecture: Architecture
    /// What went into it, to be laid out elsewhere.
    package let contents: [ZipFile]

    package var unpackedSize: Int { self.files.reduce(0) { $0 + $1.size } }

    package init(_ agent: AgentBinary) throws(ArchiveError) {
        var contents = InterceptorFiles.layer.map { path, bytes in
            ZipFile(name: path, bytes: bytes, isExecutable: bytes.starts(with: "#!".utf8))
        }
        contents.append(ZipFile(name: Self.agent, bytes: agent.bytes, isExecutable: true))
        let result = try ZipWriter.archive(contents)
        self.zip = result.bytes
        self.files = result.packedSizes.map { File(path: $0.name, size: $0.size, packedSize: $0.packed) }
        self.architecture = agent.architecture
        self.contents = contents
    }
}
