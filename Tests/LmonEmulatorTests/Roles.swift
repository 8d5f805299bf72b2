import LmonSupervisor
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The test program, started again as a supervisor.
@Suite struct Roles {
    static let variable = "LMON_TEST_ROLE"

    @Test(.enabled(if: getenv(Self.variable) != nil)) func playsItsRole() {
        SupervisorMain.run()
    }
}

extension Supervisor {
    /// One for all tests: it ends with this process.
    static let shared: Result<Supervisor, SpawnError> = {
        var environment = [Roles.variable: "supervisor"]
        for name in ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH"] {
            environment[name] = getenv(name).map { String(cString: $0) }
        }
        return Result { () throws(SpawnError) -> Supervisor in
            try Supervisor.start(
                arguments: ["--testing-library", "swift-testing", "--filter", "LmonEmulatorTests.Roles"],
                environment: environment
            )
        }
    }()
}
