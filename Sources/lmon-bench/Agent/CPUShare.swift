import Foundation

/// Control groups whose processes get a share of one core, as Lambda gives it to small functions, in so many microseconds of
/// every 20 milliseconds; and, if wanted, so much memory, beyond which the system kills them.
final class CPUShare {
    /// Where the system has one for each resource, several.
    private let folders: [String]
    private let memoryFolder: String?

    private static let period = 20_000

    /// Nil where control groups cannot be made: without root, or where the system has none.
    init?(_ share: Double, megabytes: Int? = nil) {
        let name = "lmon-bench-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString.prefix(4))"
        let quota = Int(share * Double(Self.period))
        let bytes = megabytes.map { "\($0 << 20)" }
        // Version 1.
        let cpu = ["cpu.cfs_period_us": "\(Self.period)", "cpu.cfs_quota_us": "\(quota)"]
        if let folder = Self.make("/sys/fs/cgroup/cpu/\(name)", cpu) {
            guard let bytes else {
                (self.folders, self.memoryFolder) = ([folder], nil)
                return
            }
            if let memory = Self.make("/sys/fs/cgroup/memory/\(name)", ["memory.limit_in_bytes": bytes]) {
                (self.folders, self.memoryFolder) = ([folder, memory], memory)
                return
            }
            rmdir(folder)
        }
        // Version 2.
        var settings = ["cpu.max": "\(quota) \(Self.period)"]
        settings["memory.max"] = bytes
        guard let folder = Self.make("/sys/fs/cgroup/\(name)", settings) else { return nil }
        (self.folders, self.memoryFolder) = ([folder], folder)
    }

    private static func make(_ folder: String, _ settings: [String: String]) -> String? {
        guard mkdir(folder, 0o755) == 0 else { return nil }
        let written = settings.sorted { $0.key < $1.key }.allSatisfy { file, text in
            FileManager.default.fileExists(atPath: "\(folder)/\(file)")
                && (try? Data(text.utf8).write(to: URL(filePath: "\(folder)/\(file)"))) != nil
        }
        guard !written else { return folder }
        rmdir(folder)
        return nil
    }

    deinit { for folder in self.folders { rmdir(folder) } }

    /// The most memory that was held, what the system keeps for the processes included, in MB; nil where it does not tell.
    var peakMegabytes: Double? {
        guard let folder = self.memoryFolder else { return nil }
        let files = ["memory.max_usage_in_bytes", "memory.peak"].map { "\(folder)/\($0)" }
        let texts = files.compactMap { try? String(contentsOfFile: $0, encoding: .utf8) }
        return texts.first.flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }.map { $0 / 1_048_576 }
    }

    /// Goes inside, writes a line, and becomes what follows it.
    var wrapper: [String] {
        let entering = self.folders.map { "echo $$ >'\($0)/cgroup.procs'" }.joined(separator: " && ")
        return ["/bin/sh", "-c", entering + #" && echo && exec "$0" "$@""#]
    }
}
