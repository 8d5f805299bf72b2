import Foundation
import LmonModel
import LmonTerminal
import LmonUI

/// Puts text where the user can paste it: by a tool when there is one, else through the terminal.
enum Clipboard {
    /// Nobody can type meanwhile, so all tools together have so many milliseconds.
    private static let patience = 1000
    /// The longest text that every terminal takes: xterm's limit of 100 000 bytes of sequence, in base64.
    private static let certainBytes = 74_994

    /// Says what happened.
    static func copy(_ text: String, _ terminal: Terminal) -> UIMessage {
        let bytes = text.utf8.count
        let size = Format.bytes(bytes)
        let limit = bytes > self.certainBytes ? ": a terminal may cut it after \(self.certainBytes) bytes" : ""
        let environment = ProcessInfo.processInfo.environment
        let deadline = DispatchTime.now() + .milliseconds(self.patience)
        for tool in ClipboardTool.candidates(environment) {
            guard let path = tool.path(environment) else { continue }
            switch tool.copy(text, path: path, until: deadline) {
            case .copied: return .notice("copied \(size) (\(tool.name))\(tool.usesTerminal ? limit : "")")
            case .failed: continue
            case .hung:
                terminal.copyToClipboard(text)
                return .notice("copied \(size) (OSC 52; \(tool.name) did not answer)\(limit)")
            }
        }
        terminal.copyToClipboard(text)
        return .notice("copied \(size) (OSC 52)\(limit)")
    }
}
