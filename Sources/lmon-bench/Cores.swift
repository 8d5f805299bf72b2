import Foundation

/// The first two cores that this process may use, for measurements of what is added to a process while others serve it: on
/// a core of its own nobody takes turns with it, and the kernel does not move it. On machines with one core, or without
/// taskset of util-linux, nobody is pinned.
struct Cores {
    /// All that this process may use, as it was found.
    private let allowed: String
    private let measured: Int
    private let serving: Int

    init?() {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        let label = "Cpus_allowed_list:"
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(label) }) else { return nil }
        self.allowed = line.dropFirst(label.count).trimmingCharacters(in: .whitespaces)
        let first = self.allowed.split(separator: ",").flatMap { range in
            let ends = range.split(separator: "-").compactMap { Int($0) }
            return ends.count == 2 ? [ends[0], ends[0] + 1] : ends
        }
        guard first.count > 1 else { return nil }
        (self.measured, self.serving) = (first[0], first[1])
        guard self.pin(String(self.serving)) else { return nil }
    }

    /// `command` as the one process that is measured; its first word is looked up in `PATH`. What is started otherwise
    /// serves, like this process itself.
    func measured(_ command: [String]) -> [String] {
        ["taskset", "--cpu-list", String(self.measured)] + command
    }

    /// This process may use all its cores again.
    func release() {
        _ = self.pin(self.allowed)
    }

    private func pin(_ list: String) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["taskset", "--all-tasks", "--cpu-list", "--pid", list, String(getpid())]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
