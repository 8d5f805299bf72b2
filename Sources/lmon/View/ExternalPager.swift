import Foundation
import LmonSupervisor

/// The user's own pager, on the terminal that the view has given away.
enum ExternalPager {
    /// Nil, or why there was nothing to see. The file is its owner's alone and gone afterwards.
    static func show(_ text: String) -> Failure? {
        let environment = ProcessInfo.processInfo.environment
        guard let command = self.command(environment) else { return .run("no pager: set $PAGER") }
        let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array("\(parent)/lmon-page-XXXXXX.txt".utf8CString)
        let file = mkstemps(&template, 4)
        guard file >= 0 else { return .run("no file in \(parent): \(String(cString: strerror(errno)))") }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data((text + "\n").utf8))
            try handle.close()
        } catch { return .run("\(path) cannot be written: \(error)") }
        let status = ForegroundProgram.run(command, path)
        return status == 0 ? nil : .run("\(command) ended with status \(status)")
    }

    private static func command(_ environment: [String: String]) -> String? {
        if let wish = environment["PAGER"], !wish.isEmpty { return wish }
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        func exists(_ name: String) -> Bool { folders.contains { access("\($0)/\(name)", X_OK) == 0 } }
        return exists("less") ? "less -R" : exists("more") ? "more" : nil
    }
}
