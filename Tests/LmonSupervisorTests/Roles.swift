import Testing

@testable import LmonSupervisor

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The test program started again as another process: as a supervisor, or as an lmon that owns one.
enum Role: String {
    case supervisor, owner

    static let variable = "LMON_TEST_ROLE"

    static var current: Role? { getenv(Self.variable).flatMap { Role(rawValue: String(cString: $0)) } }

    var arguments: [String] { ["--testing-library", "swift-testing", "--filter", "LmonSupervisorTests.Roles"] }

    var environment: [String: String] {
        var environment = [Self.variable: self.rawValue]
        for name in ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH"] {
            environment[name] = getenv(name).map { String(cString: $0) }
        }
        return environment
    }
}

func startSupervisor() throws -> Supervisor {
    try Supervisor.start(arguments: Role.supervisor.arguments, environment: Role.supervisor.environment)
}

@Suite struct Roles {
    @Test(.enabled(if: Role.current != nil)) func playsItsRole() async throws {
        switch Role.current {
        case .supervisor: SupervisorMain.run()
        case .owner: try await self.own()
        case nil: return
        }
    }

    /// Starts what descriptor 4 should see the end of, says so on descriptor 5, and waits to be killed.
    private func own() async throws {
        let supervisor = try startSupervisor()
        // Each holds descriptor 4 open: a plain child, a grandchild in a session of its own, and one that is stopped.
        let script = "sleep 1000 & setsid sleep 1000 & setsid sh -c 'sleep 1000 & sleep 1000' & echo ready; wait"
        let descriptors: [Int32: Int32] = [1: 5, 4: 4]
        for stopped in [false, true] {
            let process = try await supervisor.spawn(
                ProcessRequest(
                    executable: "sh",
                    arguments: ["-c", script],
                    environment: Role.owner.environment,
                    fileDescriptors: descriptors
                )
            )
            if stopped { supervisor.signal(process, .stop) }
        }
        close(4)
        close(5)
        while true { pause() }
    }
}
