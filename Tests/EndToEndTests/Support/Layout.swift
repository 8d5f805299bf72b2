import LmonJSON

/// How functions are laid out on this machine: as lmon chooses, which is bubblewrap where that works, or plainly.
enum Layout: CaseIterable, CustomStringConvertible {
    case chosen, plain

    var options: [String] { self == .plain ? ["--no-bubblewrap"] : [] }
    var description: String { self == .plain ? "plain" : "chosen" }

    /// Whether both are the same here.
    static func isBubblewrapWorking() async -> Bool {
        guard let workspace = try? Workspace(),
            let outcome = try? await Program.run(["doctor", "--json"], in: workspace)
        else { return false }
        return outcome.outputLines.contains { line in
            let finding = try? JSONValue(parsing: String(line))
            return finding?["name"]?.string == "bubblewrap" && finding?["level"]?.string == "fine"
        }
    }
}
