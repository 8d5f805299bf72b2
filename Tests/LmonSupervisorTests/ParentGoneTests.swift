import LmonTestSupport
import Testing

@testable import LmonSupervisor

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite(.exclusive) struct ParentGoneTests {
    /// The end of a pipe that all of them hold says that the last one is gone: plain children, stopped ones, and
    /// grandchildren in sessions of their own.
    @Test func nothingSurvivesAnOwnerThatWasKilled() async throws {
        let alive = Pipe()
        let ready = Pipe()
        let supervisor = try startSupervisor()
        defer { supervisor.stop() }
        let owner = try await supervisor.spawn(
            ProcessRequest(
                executable: Supervisor.ownExecutable,
                arguments: Role.owner.arguments,
                environment: Role.owner.environment,
                fileDescriptors: [4: alive.writing, 5: ready.writing]
            )
        )
        alive.closeWriting()
        ready.closeWriting()
        #expect(ready.readLines(1).first == "ready")
        // The second one is stopped, before or after its line; then its owner closes its own end.
        while let text = ready.read(within: 1), !text.hasPrefix("nothing") {}
        #expect(alive.read(within: 0) == "nothing within 0 s")

        #expect(kill(owner.rawValue, SIGKILL) == 0)
        #expect(alive.readAll() == "")
    }

    @Test func givesTheTerminalBackToAShellWhoseLmonWasKilled() throws {
        let (main, terminal) = Self.pseudoTerminal()
        defer { for end in [main, terminal] { close(end) } }
        let before = try #require(TerminalGuard.attributes(of: terminal))

        let supervisor = try startSupervisor()
        #expect(supervisor.guardTerminal(terminal, restore: Array("\u{1B}[?1049l".utf8)))
        var raw = termios()
        tcgetattr(terminal, &raw)
        cfmakeraw(&raw)
        #expect(tcsetattr(terminal, TCSANOW, &raw) == 0)
        #expect(TerminalGuard.attributes(of: terminal) != before)
        // To the supervisor, this looks like the end of its owner.
        supervisor.stop()

        var text: [UInt8] = []
        var byte: UInt8 = 0
        while text.count < 8, read(main, &byte, 1) == 1 { text.append(byte) }
        #expect(text == Array("\u{1B}[?1049l".utf8))
        while kill(supervisor.process.rawValue, 0) == 0 { sched_yield() }
        #expect(TerminalGuard.attributes(of: terminal) == before)
    }

    @Test func aTerminalThatWasReleasedIsLeftAlone() throws {
        let (main, terminal) = Self.pseudoTerminal()
        defer { for end in [main, terminal] { close(end) } }
        let supervisor = try startSupervisor()
        #expect(supervisor.guardTerminal(terminal, restore: Array("no".utf8)))
        supervisor.releaseTerminal()
        var raw = termios()
        tcgetattr(terminal, &raw)
        cfmakeraw(&raw)
        tcsetattr(terminal, TCSANOW, &raw)
        let after = try #require(TerminalGuard.attributes(of: terminal))
        supervisor.stop()
        while kill(supervisor.process.rawValue, 0) == 0 { sched_yield() }
        #expect(TerminalGuard.attributes(of: terminal) == after)
        var waits = [pollfd(fd: main, events: Int16(POLLIN), revents: 0)]
        #expect(poll(&waits, 1, 0) == 0)
    }

    private static func pseudoTerminal() -> (main: Int32, terminal: Int32) {
        #if os(Linux)
        // TIOCSPTLCK and TIOCGPTN: what grantpt, unlockpt and ptsname do, which the module map does not show.
        let main = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var number: Int32 = 0
        _ = ioctl(main, 0x4004_5431, &number)
        _ = ioctl(main, 0x8004_5430, &number)
        let name = "/dev/pts/\(number)"
        #else
        let main = posix_openpt(O_RDWR | O_NOCTTY)
        _ = grantpt(main) + unlockpt(main)
        let name = String(cString: ptsname(main))
        #endif
        return (main, open(name, O_RDWR | O_NOCTTY | O_CLOEXEC))
    }

    @Test func aPipeIsNoTerminal() throws {
        let pipe = Pipe()
        let supervisor = try startSupervisor()
        #expect(supervisor.guardTerminal(pipe.reading, restore: []) == false)
        supervisor.stop()
    }
}
