import Foundation
package import LmonRecord

/// Sessions of streams that nobody records: on disk, so that memory does not grow with them, and gone when they are closed.
extension SessionStore {
    private static let prefix = "lmon-stream-"

    /// In a file that only its owner reads and that `close` deletes; in memory where there is no room for a file.
    package static func temporary(source: String, startedAt: Timestamp) throws(StoreError) -> SessionStore {
        let folder = Self.temporaryFolder
        Self.cleanTemporary(folder)
        let path = "\(folder)/\(Self.prefix)\(UUID().uuidString).lmon"
        do {
            return try Self.create(at: path, source: source, startedAt: startedAt, isTemporary: true)
        } catch {
            return try Self.inMemory(source: source, startedAt: startedAt)
        }
    }

    /// `/tmp` is memory on many systems; `/var/tmp` is not.
    static var temporaryFolder: String {
        if let folder = ProcessInfo.processInfo.environment["TMPDIR"], access(folder, W_OK) == 0 { return folder }
        return access("/var/tmp", W_OK) == 0 ? "/var/tmp" : NSTemporaryDirectory()
    }

    /// Deletes what a killed lmon has left.
    static func cleanTemporary(_ folder: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasPrefix(Self.prefix) && name.hasSuffix(".lmon") {
            let path = "\(folder)/\(name)"
            let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            let isBeingWritten = SessionFormat.isBeingWritten(descriptor)
            Foundation.close(descriptor)
            if !isBeingWritten { SessionFormat.remove(path) }
        }
    }
}
