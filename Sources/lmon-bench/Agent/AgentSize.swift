import Foundation

/// The agent's file, and the layer that it is packed into.
enum AgentSize {
    static func measure(_ agent: String) -> [Figure] {
        let isStatic = !Self.hasInterpreter(agent)
        let binary = Figure(
            name: "agent: binary",
            value: Self.megabytes(agent),
            unit: "MB",
            goal: "≤ 15 MB",
            method: isStatic ? "static" : "not static: no release build, its size says nothing"
        )
        return [binary] + Self.layer(agent, isStatic: isStatic)
    }

    private static func layer(_ agent: String, isStatic: Bool) -> [Figure] {
        let lmon = URL(filePath: agent).deletingLastPathComponent().appending(path: "lmon").path
        let zip = FileManager.default.temporaryDirectory.appending(path: "lmon-bench-\(UUID().uuidString).zip").path
        defer { try? FileManager.default.removeItem(atPath: zip) }
        guard isStatic, Self.run(lmon, ["layer", "--agent", agent, "--output", zip]),
            FileManager.default.fileExists(atPath: zip)
        else {
            Note.line("agent: layer: skipped, \(lmon) layer makes none of \(agent)")
            return []
        }
        return [
            Figure(
                name: "agent: layer",
                value: Self.megabytes(zip),
                unit: "MB",
                goal: "≤ 6 MB",
                method: "zip of lmon layer, interceptors included"
            )
        ]
    }

    private static func run(_ path: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    private static func megabytes(_ path: String) -> Double {
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        return Double(size ?? 0) / 1_000_000
    }

    /// Whether an ELF file names a dynamic loader.
    private static func hasInterpreter(_ path: String) -> Bool {
        guard let bytes = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe), bytes.count > 64 else {
            return true
        }
        func number(_ offset: Int, _ size: Int) -> Int {
            guard offset + size <= bytes.count else { return 0 }
            return (0..<size).reversed().reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
        }
        // The program headers of a 64-bit little-endian file; 3 is PT_INTERP.
        let (offset, size, count) = (number(0x20, 8), number(0x36, 2), number(0x38, 2))
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), size > 0 else { return true }
        return (0..<count).contains { number(offset + $0 * size, 4) == 3 }
    }
}
