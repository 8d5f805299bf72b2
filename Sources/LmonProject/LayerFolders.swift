import Foundation
import LmonArchive

/// Layers as folders: a zip is unpacked, which `remove` undoes. Nothing is at `/opt` here, so what names files there is told
/// where they are.
package struct LayerFolders: Sendable {
    /// The later ones win, as they do in Lambda.
    package let folders: [String]
    /// By the path that was given.
    private let located: [String: String]
    private let unpacked: String?

    package static let none = LayerFolders(folders: [], located: [:], unpacked: nil)

    private init(folders: [String], located: [String: String], unpacked: String?) {
        self.folders = folders
        self.located = located
        self.unpacked = unpacked
    }

    /// Those of one function; each was among the paths that these were made of.
    package func selecting(_ paths: [String]) -> LayerFolders {
        LayerFolders(folders: paths.compactMap { self.located[$0] }, located: self.located, unpacked: nil)
    }

    /// A file that Lambda starts beside the runtime: its name, where it is, and why it cannot be started, as AWS names it.
    package struct Extension: Hashable, Sendable {
        package let name: String
        package let path: String
        package let launchError: String?
        /// What the system would say of it.
        package let launchReason: String?
    }

    /// Why a layer cannot be had, as one line that names it.
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    package init(_ paths: [String]) throws(Failure) {
        guard !paths.isEmpty else {
            self = .none
            return
        }
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("lmon-layers-\(UUID().uuidString)")
            .path
        var located: [String: String] = [:]
        do {
            for (number, path) in paths.enumerated() where located[path] == nil {
                located[path] = try Self.folder(path, unpackedAt: "\(root)/\(number)")
            }
        } catch {
            try? FileManager.default.removeItem(atPath: root)
            throw error
        }
        self.init(folders: paths.compactMap { located[$0] }, located: located, unpacked: root)
    }

    private static func folder(_ path: String, unpackedAt target: String) throws(Failure) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Failure(description: "\(path): there is no such folder or zip")
        }
        guard !isFolder.boolValue else { return URL(fileURLWithPath: path).standardizedFileURL.path }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(description: "\(path): the file cannot be read")
        }
        do {
            try Self.unpack(try ZipArchive(Array(data)), to: target)
        } catch {
            throw Failure(description: "\(path): \(error)")
        }
        return target
    }

    /// Names are safe: an archive with one that leads elsewhere is refused whole.
    private static func unpack(_ archive: ZipArchive, to target: String) throws {
        let files = FileManager.default
        try files.createDirectory(
            atPath: target,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        for entry in archive.entries {
            let path = "\(target)/\(entry.name)"
            guard entry.kind == .file else {
                try files.createDirectory(atPath: path, withIntermediateDirectories: true)
                continue
            }
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let permissions = entry.isExecutable ? 0o755 : 0o644
            let bytes = try archive.contents(of: entry)
            guard files.createFile(atPath: path, contents: Data(bytes), attributes: [.posixPermissions: permissions])
            else {
                throw Failure(description: "\(path) cannot be written")
            }
        }
    }

    /// Removes what was unpacked.
    package func remove() {
        if let unpacked { try? FileManager.default.removeItem(atPath: unpacked) }
    }

    // MARK: What Lambda makes of them

    /// Every file in `extensions`, in the order of their names; the eleventh is one too many.
    package var extensions: [Extension] {
        var found: [String: String] = [:]
        for folder in self.folders {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/extensions")) ?? [] {
                var isFolder: ObjCBool = false
                let path = "\(folder)/extensions/\(name)"
                guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
                    continue
                }
                found[name] = path
            }
        }
        return found.sorted { $0.key < $1.key }.enumerated().map { number, file in
            let (error, reason) =
                number >= 10 ? ("TooManyExtensions", "more than 10 extensions") : Self.launchError(file.value)
            return Extension(name: file.key, path: file.value, launchError: error, launchReason: reason)
        }
    }

    /// What starting the program would fail with: behind bubblewrap, its starter would seem to have started.
    private static func launchError(_ path: String) -> (name: String?, reason: String?) {
        guard FileManager.default.isExecutableFile(atPath: path) else {
            return ("PermissionDenied", "fork/exec \(path): permission denied")
        }
        let handle = FileHandle(forReadingAtPath: path)
        let beginning = (try? handle?.read(upToCount: 256)) ?? Data()
        try? handle?.close()
        // ELF, and what macOS runs, are the system's to judge.
        if beginning.first.map({ [0x7F, 0xCA, 0xCE, 0xCF, 0xFE].contains($0) }) == true { return (nil, nil) }
        guard beginning.starts(with: Array("#!".utf8)) else {
            return ("UnknownError", "fork/exec \(path): exec format error")
        }
        let line = beginning.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        let interpreter = String(decoding: line, as: UTF8.self).split(whereSeparator: { " \t\r".contains($0) }).first
        guard let interpreter, interpreter.hasPrefix("/opt/") || access(String(interpreter), X_OK) == 0 else {
            return ("UnknownError", "fork/exec \(path): no such file or directory: \(interpreter ?? "no interpreter")")
        }
        return (nil, nil)
    }

    private static let modules = [("NODE_PATH", "nodejs/node_modules"), ("PYTHONPATH", "python")]

    /// A function's variables where the layers are at `/opt`: modules of a layer are found as they are in Lambda.
    package func variablesInOpt(_ own: [String: String]) -> [String: String] {
        var variables = own
        for (name, path) in Self.modules
        where self.folders.contains(where: { FileManager.default.fileExists(atPath: "\($0)/\(path)") }) {
            variables[name] = [variables[name], "/opt/\(path)"].compactMap { $0 }.joined(separator: ":")
        }
        return variables
    }

    /// A function's variables with the files of the layers in them; modules of a layer are found as they are in Lambda.
    package func variables(_ own: [String: String]) -> [String: String] {
        guard !self.folders.isEmpty else { return own }
        var variables = own.mapValues { self.located($0) }
        for (name, path) in Self.modules {
            let found = self.folders.reversed().map { "\($0)/\(path)" }.filter {
                FileManager.default.fileExists(atPath: $0)
            }
            guard !found.isEmpty else { continue }
            variables[name] = ([variables[name]].compactMap { $0 } + found).joined(separator: ":")
        }
        return variables
    }

    /// `/opt/…` where a layer has such a file, at the beginning of a word, becomes its path here.
    private func located(_ text: String) -> String {
        guard text.contains("/opt/") else { return text }
        var result = ""
        var rest = text[...]
        while let range = rest.range(of: "/opt/") {
            let before = rest[..<range.lowerBound]
            let path = rest[range.upperBound...].prefix { !" :;,\"'".contains($0) }
            let isBeginning = before.last.map { " :=;,\"'".contains($0) } ?? result.isEmpty
            let found = self.folders.last { FileManager.default.fileExists(atPath: "\($0)/\(path)") }
            result += before + (isBeginning && found != nil ? "\(found ?? "")/\(path)" : "/opt/\(path)")
            rest = rest[path.endIndex...]
        }
        return result + rest
    }
}
