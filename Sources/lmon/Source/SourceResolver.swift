import Foundation
import LmonStore

/// Finds out what a SOURCE means. A wrong one gets one line: what was tried, what to do.
struct SourceResolver {
    var sessions = SessionFolder(environment: ProcessInfo.processInfo.environment)
    /// Whether a folder holds something that lmon can run.
    var holdsProject: (String) -> Bool
    /// Whether something listens there.
    var answers: (HostPort) -> Bool

    func resolve(_ text: String?) throws -> Source {
        guard let text else { return try self.resolveDefault() }
        if text == "-" { return .standardInput }
        if text.hasPrefix("@") { return .session(path: try self.session(named: text)) }
        if let scheme = text.range(of: "://") {
            return try self.resolve(
                scheme: String(text[..<scheme.lowerBound]),
                rest: String(text[scheme.upperBound...]),
                text
            )
        }
        return try self.resolve(path: text)
    }

    private func resolveDefault() throws -> Source {
        if self.holdsProject(".") { return .project(path: ".") }
        if self.answers(.tee) { return .tee(.tee) }
        throw Failure.usage(
            "no function in this folder and no lmon on \(HostPort.tee): name a SOURCE, as in lmon tui ./demo"
        )
    }

    private func session(named name: String) throws -> String {
        do {
            return try self.sessions.resolve(name)
        } catch {
            throw Failure.usage("\(error)")
        }
    }

    private func resolve(scheme: String, rest: String, _ text: String) throws -> Source {
        if scheme == "s3" { return try self.remote(.bucket(text), text) }
        if scheme == "http" || scheme == "https" { return try self.remote(.collector(text), text) }
        guard scheme == "tcp" else {
            throw Failure.usage(
                "\(text): not a SOURCE; there are folders, template.yaml, tcp://HOST:PORT, https://HOST:PORT, s3://BUCKET/PREFIX, "
                    + "FILE.lmon, @last and -"
            )
        }
        let address = rest.hasSuffix("/") ? String(rest.dropLast()) : rest
        guard let address = HostPort(argument: address), address.port > 0 else {
            throw Failure.usage("\(text): not an address; write tcp://HOST:PORT, as in tcp://\(HostPort.tee)")
        }
        return .tee(address)
    }

    private func remote(_ source: Source, _ text: String) throws -> Source {
        #if Remote
        return source
        #else
        throw Failure.usage(
            "\(text): this build of lmon reads nothing remote; ./demo/run --install makes one that does"
        )
        #endif
    }

    private func resolve(path: String) throws -> Source {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Failure.usage("\(path): no such file or folder")
        }
        if isFolder.boolValue || Self.isProject(path) { return .project(path: path) }
        // Whatever its name: the session itself says what it is, or is not.
        if path.hasSuffix(".lmon") || Self.isDatabase(path) { return .session(path: path) }
        if access(path, X_OK) == 0 { return .project(path: path) }
        if ["ndjson", "jsonl"].contains(Self.suffix(path)) {
            throw Failure.usage("\(path): records in a file come by standard input: lmon tail - < \(path)")
        }
        throw Failure.usage(
            "\(path): no template (.yaml, .json), no handler (.js, .mjs, .cjs, .ts), no executable, "
                + "no recorded session (.lmon)"
        )
    }

    private static func suffix(_ path: String) -> String {
        (path as NSString).pathExtension.lowercased()
    }

    private static func isProject(_ path: String) -> Bool {
        ["yaml", "yml", "json", "template", "js", "mjs", "cjs", "ts", "mts", "cts"].contains(Self.suffix(path))
    }

    private static func isDatabase(_ path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        return (try? file.read(upToCount: 15)) == Data("SQLite format 3".utf8)
    }
}
