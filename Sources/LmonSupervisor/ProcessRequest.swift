/// The number under which the system knows a process.
package struct ProcessID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int32

    package init(_ rawValue: Int32) { self.rawValue = rawValue }

    package var description: String { "\(self.rawValue)" }
}

/// A program to start, in a process group of its own.
package struct ProcessRequest: Hashable, Sendable {
    /// A path. Without `/` it is looked for along `PATH` of `environment`; with one, a relative path starts at
    /// `workingDirectory`.
    package var executable: String
    /// Without the name of the program itself, which becomes `executable`.
    package var arguments: [String]
    /// All of it: nothing is inherited.
    package var environment: [String: String]
    /// The supervisor's own (where lmon was started) if nil.
    package var workingDirectory: String?
    /// Number in the new process → descriptor of the caller, at most 32. Of 0, 1 and 2, those that are not named are
    /// /dev/null; no other descriptor is inherited. The caller still owns its own and may close them once `spawn` was
    /// called.
    package var fileDescriptors: [Int32: Int32]
    package var limits: ResourceLimits
    /// `executable` only waits for what it starts, as bubblewrap does: asking to end is for its children, and `128 + n` is
    /// that one's end by signal n.
    package var isWrapped = false

    package init(
        executable: String,
        arguments: [String] = [],
        environment: [String: String] = [:],
        workingDirectory: String? = nil,
        fileDescriptors: [Int32: Int32] = [:],
        limits: ResourceLimits = ResourceLimits()
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.fileDescriptors = fileDescriptors
        self.limits = limits
    }
}

/// Limits that the system enforces, each soft and hard; nil leaves the one that lmon itself has. A value above the hard
/// limit of lmon is lowered to that.
///
/// There is none for memory: Lambda limits what is resident, which no `setrlimit` does, and an address space limit of a
/// function's size stops Node from starting at all.
package struct ResourceLimits: Hashable, Sendable {
    /// Lambda's is 1024.
    package var openFiles: UInt64?
    /// Bytes; 0 by default, so that a crash leaves nothing in the function's folder.
    package var coreFileBytes: UInt64?
    package var fileBytes: UInt64?
    package var cpuSeconds: UInt64?

    package init(
        openFiles: UInt64? = nil,
        coreFileBytes: UInt64? = 0,
        fileBytes: UInt64? = nil,
        cpuSeconds: UInt64? = nil
    ) {
        self.openFiles = openFiles
        self.coreFileBytes = coreFileBytes
        self.fileBytes = fileBytes
        self.cpuSeconds = cpuSeconds
    }
}

/// The end of a process, reported once for each that was started.
package struct ProcessExit: Hashable, Sendable {
    /// How a process ended.
    package enum Status: Hashable, Sendable, CustomStringConvertible {
        case exited(code: Int32)
        case signalled(Int32)

        package var description: String {
            switch self {
            case .exited(let code): "exit status \(code)"
            case .signalled(let number): "signal: \(Self.signalName(number))"
            }
        }

        /// As Lambda's error messages have it (`signal: killed`).
        private static func signalName(_ number: Int32) -> String {
            let names: [Int32: String] = [
                1: "hangup", 2: "interrupt", 3: "quit", 4: "illegal instruction", 5: "trace/breakpoint trap",
                6: "aborted",
                8: "floating point exception", 9: "killed", 11: "segmentation fault", 13: "broken pipe",
                14: "alarm clock",
                15: "terminated",
            ]
            return names[number] ?? "signal \(number)"
        }
    }

    package var process: ProcessID
    package var status: Status
    /// The most memory, in bytes, that it held at a time (or one of the children that it waited for).
    package var peakMemory: UInt64

    package init(process: ProcessID, status: Status, peakMemory: UInt64) {
        self.process = process
        self.status = status
        self.peakMemory = peakMemory
    }
}

extension ProcessExit {
    /// What the end of a program that waits for another says of that one's. Only signals that end programs: some runtimes
    /// exit with 128 or 129 themselves.
    var unwrapped: ProcessExit {
        guard case .exited(let code) = self.status, (132...139).contains(code) || code == 143 else { return self }
        var copy = self
        copy.status = .signalled(code - 128)
        return copy
    }
}

/// What lmon sends to the processes that it started.
package enum ProcessSignal: Hashable, Sendable {
    case stop, resume, terminate, kill
}
