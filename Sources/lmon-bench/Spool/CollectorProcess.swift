import Foundation

/// `lmon collect` beside this program, with a store in a folder.
final class CollectorProcess {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let port: Int
    private let process: Process

    /// Returns once it is ready. `port` 0 takes any free one.
    init(store: String, port: Int = 0, _ more: [String] = []) throws {
        let process = Process()
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        process.executableURL = folder.appendingPathComponent("lmon")
        process.arguments = ["collect", "--json", "--port", "\(port)", "--store", store] + more
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let end = line.range(of: "127.0.0.1:"), let port = Int(line[end.upperBound...].prefix { $0.isNumber })
        else { throw Failure(description: "lmon collect did not start: \(line)") }
        self.process = process
        self.port = port
    }

    deinit { if self.process.isRunning { self.kill() } }

    func stop() {
        self.process.terminate()
        self.process.waitUntilExit()
    }

    func kill() {
        Foundation.kill(self.process.processIdentifier, SIGKILL)
        self.process.waitUntilExit()
    }

    var megabytes: Double { ResidentMemory.megabytes(of: "\(self.process.processIdentifier)") }

    /// Of the CPU, in user mode and in the kernel, since it began.
    var cpuSeconds: Double {
        let path = "/proc/\(self.process.processIdentifier)/stat"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8), let end = text.lastIndex(of: ")") else {
            return 0
        }
        let fields = text[end...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
