import Foundation
import LmonModel
import LmonTerminal
import LmonUI

/// Puts text where the user can paste it: by the desktop's own tool when there is one, else through the terminal.
enum Clipboard {
    /// Tools by what shows that they would work.
    private static let tools: [(variable: String?, name: String, arguments: [String])] = [
        (nil, "pbcopy", []),
        ("WAYLAND_DISPLAY", "wl-copy", []),
        ("DISPLAY", "xclip", ["-selection", "clipboard"]),
    ]

    /// Says what happened.
    static func copy(_ text: String, _ terminal: Terminal) -> UIMessage {
        let size = Format.bytes(text.utf8.count)
        let environment = ProcessInfo.processInfo.environment
        // Over SSH a local tool would fill the wrong machine's clipboard.
        if environment["SSH_CONNECTION"] == nil, let tool = Self.run(text, environment) {
            return .notice("copied \(size) (\(tool))")
        }
        terminal.copyToClipboard(text)
        return .notice("copied \(size) (OSC 52)")
    }

    private static func run(_ text: String, _ environment: [String: String]) -> String? {
        for tool in Self.tools {
            if let variable = tool.variable, environment[variable] == nil { continue }
            guard let path = Self.find(tool.name, environment) else { continue }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = tool.arguments
            let input = Pipe()
            process.standardInput = input
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            do { try process.run() } catch { continue }
            input.fileHandleForWriting.write(Data(text.utf8))
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
            if process.terminationStatus == 0 { return tool.name }
        }
        return nil
    }

    private static func find(_ name: String, _ environment: [String: String]) -> String? {
        (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
