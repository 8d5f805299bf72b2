import Foundation
import LmonEmulator
import LmonProject

/// Which Python runs a function: its project's virtual environment, else the version that it asks for, else `python3`.
struct PythonSearch {
    let folder: String
    /// As `python3.12`; `python` where nobody asked for a version.
    let runtime: String
    let path: String

    func executable() -> String? {
        self.inEnvironment ?? self.onPath(self.runtime == "python" ? "python3" : self.runtime) ?? self.onPath("python3")
    }

    /// `.venv` or `venv` in the code's folder, or up to three folders above it.
    private var inEnvironment: String? {
        var folder = URL(fileURLWithPath: self.folder).standardizedFileURL
        for _ in 0...3 {
            for name in [".venv", "venv"] {
                let python = folder.appendingPathComponent("\(name)/bin/python").path
                if FileManager.default.isExecutableFile(atPath: python) { return python }
            }
            guard folder.path != "/" else { return nil }
            folder.deleteLastPathComponent()
        }
        return nil
    }

    /// One that works: a shim may stand for a version that is not installed.
    private func onPath(_ name: String) -> String? {
        for folder in self.path.split(separator: ":") where access("\(folder)/\(name)", X_OK) == 0 {
            let python = "\(folder)/\(name)"
            if Self.version(of: python) != nil { return python }
        }
        return nil
    }

    /// `3.11`.
    static func version(of python: String) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let version = text.split(separator: "\n").first.map(String.init)
        return process.terminationStatus == 0 ? version : nil
    }
}

extension EmulatedFunction {
    /// A Python function with the interpreter that runs it here.
    func interpreted(_ definition: FunctionDefinition, _ environment: [String: String]) throws -> EmulatedFunction {
        let runtime = definition.runtime.value
        guard runtime.hasPrefix("python") else { return self }
        let search = PythonSearch(
            folder: definition.codeFolder.value,
            runtime: runtime,
            path: environment["PATH"] ?? ""
        )
        guard let python = search.executable() else {
            throw Failure.run("python3 is not on the PATH: install Python 3.9 or later to run \(self.name)")
        }
        var copy = self
        copy.runtime = .python(executable: python)
        return copy
    }
}

extension EmulatorConfiguration {
    /// Where another version of Python runs a function than it asks for: one line each.
    var pythonNotices: [String] {
        self.functions.compactMap { function in
            guard case .python(let executable) = function.runtime, let wanted = function.runtimeName,
                wanted.hasPrefix("python3."), let version = PythonSearch.version(of: executable),
                wanted != "python\(version)"
            else { return nil }
            return "\(function.name) asks for \(wanted); \(version) runs it here (\(executable))"
        }
    }
}
