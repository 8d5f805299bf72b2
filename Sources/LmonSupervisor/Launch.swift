import CProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// fork and exec, with a request's strings laid out for C.
enum Launch {
    /// A child of the calling process, in a process group of its own, or in a session of its own and so without the
    /// terminal. One that `diesWithParent` is killed when the calling thread ends (Linux).
    static func run(
        _ request: ProcessRequest,
        ownSession: Bool = false,
        diesWithParent: Bool
    ) throws(SpawnError) -> ProcessID {
        let targets = request.fileDescriptors.keys.sorted()
        let sources = targets.compactMap { request.fileDescriptors[$0] }
        let limits = request.limits.resources
        var step: Int32 = 0
        var number: Int32 = 0
        let process = Self.withVector([request.executable] + request.arguments) { arguments in
            Self.withVector(request.environment.map { "\($0.key)=\($0.value)" }) { environment in
                Self.withOptionalCString(request.workingDirectory) { directory in
                    request.resolvedExecutable.withCString { path in
                        var spawn = lmon_spawn()
                        spawn.path = path
                        spawn.arguments = arguments
                        spawn.environment = environment
                        spawn.directory = directory
                        spawn.descriptors = Int32(targets.count)
                        spawn.limits = Int32(limits.count)
                        spawn.session = ownSession ? 1 : 0
                        spawn.dies_with_parent = diesWithParent ? 1 : 0
                        return sources.withUnsafeBufferPointer { sources in
                            targets.withUnsafeBufferPointer { targets in
                                limits.map(\.resource).withUnsafeBufferPointer { resources in
                                    limits.map(\.value).withUnsafeBufferPointer { values in
                                        spawn.sources = sources.baseAddress
                                        spawn.targets = targets.baseAddress
                                        spawn.resources = resources.baseAddress
                                        spawn.values = values.baseAddress
                                        return lmon_spawn(&spawn, &step, &number)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        guard process > 0 else {
            throw SpawnError(
                step: SpawnError.Step(rawValue: step) ?? .fork,
                number: number,
                executable: request.executable,
                workingDirectory: request.workingDirectory
            )
        }
        return ProcessID(process)
    }

    private static func withVector<Result>(
        _ strings: [String],
        _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> Result
    ) -> Result {
        var vector: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
        vector.append(nil)
        defer { for string in vector { free(string) } }
        return vector.withUnsafeBufferPointer { body($0.baseAddress) }
    }

    private static func withOptionalCString<Result>(
        _ string: String?,
        _ body: (UnsafePointer<CChar>?) -> Result
    ) -> Result {
        guard let string else { return body(nil) }
        return string.withCString(body)
    }
}

extension ProcessRequest {
    /// `executable` as exec wants it. What is not found keeps its name, so that exec says ENOENT.
    fileprivate var resolvedExecutable: String {
        guard !self.executable.utf8.contains(UInt8(ascii: "/")) else { return self.executable }
        for folder in (self.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":") {
            let candidate = "\(folder)/\(self.executable)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        return self.executable
    }
}

extension ResourceLimits {
    fileprivate var resources: [(resource: Int32, value: UInt64)] {
        let all: [(Int32, UInt64?)] = [
            (lmon_limit_open_files(), self.openFiles), (lmon_limit_core(), self.coreFileBytes),
            (lmon_limit_file_size(), self.fileBytes), (lmon_limit_cpu_seconds(), self.cpuSeconds),
        ]
        return all.compactMap { resource, value in value.map { (resource, $0) } }
    }
}
