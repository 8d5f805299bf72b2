import Foundation

/// A process that makes calls when it is told to: a line in, a line of JSON out. It ends with its standard input.
final class CallingProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var rest: [UInt8] = []
    /// What it took to load what is measured, in ms.
    private(set) var load = 0.0

    /// The first word of `command` is looked up in `PATH`; `variables` are those beside this process's own.
    init(_ command: [String], _ servers: InterceptorServers, capture: String, variables: [String: String] = [:]) throws
    {
        self.process.executableURL = URL(filePath: "/usr/bin/env")
        self.process.arguments = command
        var environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
        environment["LMON_CAPTURE"] = capture
        environment["LMON_ADDRESS"] = "127.0.0.1:\(servers.ingest)"
        self.process.environment = environment
        self.process.standardInput = self.input
        self.process.standardOutput = self.output
        try self.process.run()
        self.load = try JSONDecoder().decode(Double.self, from: self.line())
    }

    /// What it answers to an order.
    func values(_ order: String) throws -> [Double] {
        try self.input.fileHandleForWriting.write(contentsOf: Data("\(order)\n".utf8))
        return try JSONDecoder().decode([Double].self, from: self.line())
    }

    private func line() throws -> Data {
        while true {
            if let end = self.rest.firstIndex(of: UInt8(ascii: "\n")) {
                defer { self.rest.removeSubrange(...end) }
                return Data(self.rest[..<end])
            }
            let more = self.output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw CocoaError(.fileReadUnknown) }
            self.rest += more
        }
    }
}
