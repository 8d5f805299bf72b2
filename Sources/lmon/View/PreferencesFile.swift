import Foundation
import LmonUI

/// `$XDG_STATE_HOME/lmon/view.json`: how the view is liked. Losing it loses nothing, so no failure is told.
struct PreferencesFile: Sendable {
    private let path: String

    init(environment: [String: String]) {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.local/state"
        self.path = "\(state)/lmon/view.json"
    }

    func read() -> Preferences {
        guard let file = FileHandle(forReadingAtPath: self.path) else { return Preferences() }
        defer { try? file.close() }
        return Preferences([UInt8]((try? file.read(upToCount: 1 << 16)) ?? Data()))
    }

    /// Written beside and moved into place, so that no reader sees half of it.
    func write(_ preferences: Preferences) {
        let folder = (self.path as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let draft = "\(self.path).\(getpid())"
        let isWritten = FileManager.default.createFile(
            atPath: draft,
            contents: Data(preferences.bytes),
            attributes: [.posixPermissions: 0o600]
        )
        if !isWritten || rename(draft, self.path) != 0 { unlink(draft) }
    }
}
