import Foundation

/// A control group whose processes get a share of one core, as Lambda gives it to small functions: so many microseconds in
/// every 20 milliseconds.
final class CPUShare {
    private let folder: String

    private static let period = 20_000

    /// Nil where control groups cannot be made: without root, or where the system has none.
    init?(_ share: Double) {
        let name = "lmon-bench-\(ProcessInfo.processInfo.processIdentifier)"
        let quota = Int(share * Double(Self.period))
        let candidates = [
            // Version 1 and version 2.
            ("/sys/fs/cgroup/cpu/\(name)", ["cpu.cfs_period_us": "\(Self.period)", "cpu.cfs_quota_us": "\(quota)"]),
            ("/sys/fs/cgroup/\(name)", ["cpu.max": "\(quota) \(Self.period)"]),
        ]
        for (folder, settings) in candidates where mkdir(folder, 0o755) == 0 {
            let written = settings.sorted { $0.key < $1.key }.allSatisfy { file, text in
                FileManager.default.fileExists(atPath: "\(folder)/\(file)")
                    && (try? Data(text.utf8).write(to: URL(filePath: "\(folder)/\(file)"))) != nil
            }
            guard written else {
                rmdir(folder)
                continue
            }
            self.folder = folder
            return
        }
        return nil
    }

    deinit { rmdir(self.folder) }

    /// Goes inside, writes a line, and becomes what follows it.
    var wrapper: [String] { ["/bin/sh", "-c", #"echo $$ >"$0/cgroup.procs" && echo && exec "$@""#, self.folder] }
}
