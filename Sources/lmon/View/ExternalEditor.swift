import Foundation
import LmonSupervisor

/// The user's own editor, on the terminal that the view has given away.
enum ExternalEditor {
    /// What the text became; nil, with a reason, if the editor is not there or failed. The file is its owner's alone and
    /// gone afterwards.
    static func edit(_ text: String) -> Result<String, Failure> {
        let environment = ProcessInfo.processInfo.environment
        guard let command = self.command(environment) else {
            return .failure(.run("no editor: set $VISUAL or $EDITOR"))
        }
        let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array("\(parent)/lmon-event-XXXXXX.json".utf8CString)
        let file = mkstemps(&template, 5)
        guard file >= 0 else { return .failure(.run("no file in \(parent): \(String(cString: strerror(errno)))")) }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data((text + "\n").utf8))
            try handle.close()
        } catch { return .failure(.run("\(path) cannot be written: \(error)")) }
        let status = ForegroundProgram.run(command, path)
        guard status == 0 else {
            return .failure(.run("\(command) ended with status \(status): the event is as it was"))
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            return .failure(.run("\(path) is gone: the event is as it was"))
        }
        return .success(String(decoding: data, as: UTF8.self))
    }

    private static func command(_ environment: [String: String]) -> String? {
        if let wish = ["VISUAL", "EDITOR"].compactMap({ environment[$0] }).first(where: { !$0.isEmpty }) {
            return wish
        }
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        return ["nano", "vi"].first { name in folders.contains { access("\($0)/\(name)", X_OK) == 0 } }
    }
}
