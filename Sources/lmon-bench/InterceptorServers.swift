import Foundation

/// The process that the calls of a measurement go to, and the records that tell of them; it ends with its standard input.
struct InterceptorServers {
    private let process = Process()
    private let input = Pipe()
    let upstream: Int
    let ingest: Int

    init(_ folder: URL) throws {
        let program = folder.appending(path: "servers.cjs")
        try Data(InterceptorProgram.servers.utf8).write(to: program)
        let output = Pipe()
        self.process.executableURL = URL(filePath: "/usr/bin/env")
        self.process.arguments = ["node", program.path]
        self.process.standardInput = self.input
        self.process.standardOutput = output
        try self.process.run()
        let ports = try JSONDecoder().decode([Int].self, from: output.fileHandleForReading.availableData)
        (self.upstream, self.ingest) = (ports[0], ports[1])
    }
}
