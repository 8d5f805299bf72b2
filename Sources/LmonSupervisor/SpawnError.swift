#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why a program was not started. Its description is one line: what, which, and what to do where that is known.
package struct SpawnError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done. Raw values travel between lmon and its supervisor.
    package enum Step: Int32, Hashable, Sendable {
        case fork = 1, group, descriptors, directory, limits, exec
        /// The supervisor itself is gone, or was stopped.
        case supervisor
    }

    package let step: Step
    /// An errno.
    package let number: Int32
    package let executable: String
    package let workingDirectory: String?

    package init(step: Step, number: Int32, executable: String, workingDirectory: String? = nil) {
        self.step = step
        self.number = number
        self.executable = executable
        self.workingDirectory = workingDirectory
    }

    package var description: String {
        switch self.step {
        case .exec: "cannot start \(self.executable): \(self.execReason)"
        case .directory:
            "cannot start \(self.executable) in \(self.workingDirectory ?? "."): \(Self.text(self.number))"
        case .supervisor: "cannot start \(self.executable): lmon's supervisor process has ended; start lmon again"
        case .limits: "cannot start \(self.executable): setting its limits: \(Self.text(self.number))"
        case .fork, .group, .descriptors: "cannot start \(self.executable): \(Self.text(self.number))"
        }
    }

    private var execReason: String {
        switch self.number {
        case ENOENT where access(self.executable, F_OK) == 0:
            "the interpreter that its first line names (#!…) is not there"
        case EACCES where access(self.executable, F_OK) == 0:
            "\(Self.text(self.number)) (is it executable? chmod +x)"
        case ENOEXEC:
            "\(Self.text(self.number)) (not for this machine, or a script without a #! line)"
        default: Self.text(self.number)
        }
    }

    static func text(_ number: Int32) -> String {
        let text = String(cString: strerror(number))
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
