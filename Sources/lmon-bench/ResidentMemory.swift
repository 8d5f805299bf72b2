import Foundation

/// What the system says of this process.
enum ResidentMemory {
    /// The resident set in MB; 0 where the system does not tell (`/proc`).
    static func megabytes() -> Double { self.megabytes(of: "self") }

    /// Of a process, by its number.
    static func megabytes(of process: String) -> Double {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return 0 }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kilobytes = line?.split(separator: " ").dropFirst().compactMap { Double($0) }.first ?? 0
        return kilobytes / 1024
    }
}
