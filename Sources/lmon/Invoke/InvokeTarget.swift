import Foundation
import LmonHTTP
import LmonProject

/// Where an invocation takes place.
enum InvokeTarget {
    /// An emulator that lmon starts for this one run.
    case project(path: String, function: String)
    /// An emulator that runs already.
    case running(RunningEmulator, function: String)

    /// A path runs what lies there; a name means a function of the emulator that runs, else of this folder.
    static func resolve(_ argument: String?, function: String?, options: EmulatorOptions, loop: Loop) async throws
        -> InvokeTarget
    {
        if let argument, Self.isPath(argument) { return try Self.project(argument, function, options) }
        if argument == nil, (try? options.discover(".")) != nil { return try Self.project(".", function, options) }
        let running = RunningEmulator(port: options.port ?? 9000, loop: loop)
        let names = await running.functions()
        guard let wanted = argument ?? function ?? (names?.count == 1 ? names?.first : nil) else {
            guard let names else {
                throw Failure.usage(
                    "no function in this folder and no emulator on \(running.address): name a folder or a template"
                )
            }
            throw Failure.usage("which function? \(running.address) runs \(names.joined(separator: ", "))")
        }
        if let names, names.contains(wanted) { return .running(running, function: wanted) }
        if let project = try? options.discover("."), project.functions.contains(where: { $0.name.value == wanted }) {
            return .project(path: ".", function: wanted)
        }
        guard let names else {
            throw Failure.usage("\(wanted): no such file or folder, and no emulator on \(running.address)")
        }
        throw Failure.usage("\(wanted): no such function; \(running.address) runs \(names.joined(separator: ", "))")
    }

    private static func isPath(_ argument: String) -> Bool {
        argument.contains("/") || argument == "." || argument == ".." || access(argument, F_OK) == 0
    }

    private static func project(_ path: String, _ function: String?, _ options: EmulatorOptions) throws -> InvokeTarget
    {
        let names = try options.discover(path).functions.map(\.name.value)
        guard let function = function ?? (names.count == 1 ? names.first : nil) else {
            throw Failure.usage("which function? --function is one of \(names.joined(separator: ", "))")
        }
        guard names.contains(function) else {
            throw Failure.usage("\(function): no such function in \(path); there are \(names.joined(separator: ", "))")
        }
        return .project(path: path, function: function)
    }
}
