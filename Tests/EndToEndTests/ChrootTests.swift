import Foundation
import Testing

extension EndToEndTests {
    /// The agent where nothing is but itself, `/proc` and `/etc`: it must run on systems whose libraries are others than those
    /// that it was built with.
    @Suite struct ChrootTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        @Test(
            .enabled(
                if: ChangedRoot.isPossible,
                "the root directory cannot be changed here, neither by root nor by unshare"
            )
        )
        func theAgentNeedsNothingButItself() async throws {
            let root = "\(self.workspace.path)/root"
            for folder in ["proc", "etc"] {
                try FileManager.default.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
            }
            let agent = URL(filePath: Program.path).deletingLastPathComponent().appending(path: "lmon-agent")
            try FileManager.default.copyItem(at: agent, to: URL(filePath: "\(root)/lmon-agent"))
            let script = try self.workspace.write(ChangedRoot.script(root), to: "agent")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)

            let program = try RunningProgram(
                ["delivery", "--agent", script, "--invocations", "60", "--environments", "2", "--rate", "200"],
                in: self.workspace,
                executable: agent.deletingLastPathComponent().appending(path: "lmon-bench").path
            )
            let outcome = try await program.end(within: 60)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("missing in the collector"))
        }
    }
}

/// Another root directory, in a mount namespace of its own: as root, or as whom `unshare` makes one.
private enum ChangedRoot {
    private static let unshare: [String]? = [["unshare", "-m"], ["unshare", "-r", "-m"]].first { command in
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command + ["sh", "-c", "mount --rbind /proc /proc && chroot / true"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    static var isPossible: Bool { Self.unshare != nil }

    /// Becomes `/lmon-agent` in `root`.
    static func script(_ root: String) -> String {
        """
        #!/bin/sh
        exec \((Self.unshare ?? []).joined(separator: " ")) sh -c '
        mount --rbind /proc "$0/proc" && mount --rbind /etc "$0/etc" && exec chroot "$0" /lmon-agent
        ' '\(root)'

        """
    }
}
