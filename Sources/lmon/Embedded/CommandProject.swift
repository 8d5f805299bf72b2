import Foundation
import LmonEmulator
import LmonProject

/// A program that speaks the Runtime API, in whatever language, as a function: `-- swift run MyLambda`, or its executable.
extension Project {
    /// Runs in this folder; a change of what lies in it, but for hidden folders, ends its idle environments.
    static func command(_ words: [String], options: DiscoveryOptions) throws -> Project {
        let program = words.first ?? ""
        guard Self.isFound(program) else {
            throw Failure.usage("-- \(program): no such program here or on the PATH")
        }
        return self.program(program, folder: FileManager.default.currentDirectoryPath, words, options)
    }

    /// Nil if the file at a path is not one to execute.
    static func executable(_ path: String, options: DiscoveryOptions) -> Project? {
        let url = URL(fileURLWithPath: path)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
            access(path, X_OK) == 0
        else { return nil }
        return self.program(url.path, folder: url.deletingLastPathComponent().path, [url.path], options)
    }

    private static func program(
        _ program: String,
        folder: String,
        _ words: [String],
        _ options: DiscoveryOptions
    ) -> Project {
        let name = Self.functionName(words)
        var function = FunctionDefinition(
            name: Sourced(name),
            handler: Sourced("bootstrap"),
            runtime: Sourced("provided.al2023"),
            codeFolder: Sourced(folder),
            handlerFile: program
        )
        for file in options.variables { function.environment.merge(file.variables(of: name)) { $1 } }
        return Project(functions: [function])
    }

    /// `swift run MyLambda` is MyLambda, `go run .` is the folder's name: the last word that says what it is.
    private static func functionName(_ words: [String]) -> String {
        let folder = URL(fileURLWithPath: FileManager.default.currentDirectoryPath).lastPathComponent
        let last = words.last.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? folder
        let isCommand = words.count > 1 && (last.hasPrefix("-") || last == "run" || last.allSatisfy { $0 == "." })
        let name = (isCommand ? folder : last).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return name.allSatisfy { $0 == "-" } ? "function" : String(name.prefix(64))
    }

    private static func isFound(_ program: String) -> Bool {
        if program.contains("/") { return access(program, X_OK) == 0 }
        return Probe(environment: ProcessInfo.processInfo.environment).find(program) != nil
    }
}

extension EmulatedFunction {
    /// The words after the program are those of the command line.
    func running(_ definition: FunctionDefinition, arguments: some Sequence<String>) -> EmulatedFunction {
        guard definition.runtime.value.hasPrefix("provided") else { return self }
        var copy = self
        copy.runtime = .command(executable: definition.handlerFile, arguments: Array(arguments))
        return copy
    }
}
