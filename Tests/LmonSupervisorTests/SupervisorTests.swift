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

@Suite(.exclusive) struct SupervisorTests {
    /// A supervisor with one exit to wait for.
    private struct Run {
        let supervisor: Supervisor
        let process: ProcessID
        let exits: AsyncStream<ProcessExit>

        init(_ request: ProcessRequest, supervisor: Supervisor? = nil) async throws {
            let supervisor = try supervisor ?? startSupervisor()
            let (exits, continuation) = AsyncStream.makeStream(of: ProcessExit.self)
            self.supervisor = supervisor
            self.exits = exits
            self.process = try await supervisor.spawn(request) { exit in
                continuation.yield(exit)
                continuation.finish()
            }
        }

        func exit() async throws -> ProcessExit {
            var iterator = self.exits.makeAsyncIterator()
            return try #require(await iterator.next())
        }
    }

    private static func shell(_ script: String, _ descriptors: [Int32: Int32] = [:]) -> ProcessRequest {
        ProcessRequest(
            executable: "sh",
            arguments: ["-c", script],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"],
            fileDescriptors: descriptors
        )
    }

    /// A program that only waits for what it starts tells of that one.
    @Test(arguments: [
        ("exit 3", ProcessExit.Status.exited(code: 3)), ("exit 137", .signalled(9)), ("exit 134", .signalled(6)),
        // Runtimes end with these themselves.
        ("exit 128", .exited(code: 128)), ("exit 129", .exited(code: 129)), ("kill -9 $$", .signalled(9)),
    ])
    func theEndOfWhatIsWrappedIsTold(script: String, expected: ProcessExit.Status) async throws {
        var request = Self.shell(script)
        request.isWrapped = true
        #expect(try await Run(request).exit().status == expected)
    }

    @Test func whatIsWrappedIsAskedAndKilledInPlaceOfWhatWaitsForIt() async throws {
        let child = "(trap 'echo asked; exit 7' TERM; echo ready; while :; do sleep 0.01; done) & wait $!; exit $?"
        for (signal, expected) in [
            (ProcessSignal.terminate, ProcessExit.Status.exited(code: 7)), (.kill, .signalled(9)),
        ] {
            let output = Pipe()
            var request = Self.shell(child, [1: output.writing])
            request.isWrapped = true
            let run = try await Run(request)
            output.closeWriting()
            #expect(output.readLines(1) == ["ready"])
            // It may be stopped, as a frozen one is.
            if signal == .kill { run.supervisor.signal(run.process, .stop) }
            run.supervisor.signal(run.process, signal)
            #expect(try await run.exit().status == expected)
        }
    }

    @Test(arguments: [
        ("exit 0", ProcessExit.Status.exited(code: 0)),
        ("exit 3", .exited(code: 3)),
        ("kill -9 $$", .signalled(9)),
        ("kill -TERM $$", .signalled(15)),
    ])
    func reportsHowAProcessEnded(script: String, expected: ProcessExit.Status) async throws {
        let run = try await Run(Self.shell(script))
        let exit = try await run.exit()
        #expect(exit.process == run.process)
        #expect(exit.status == expected)
        #expect(exit.peakMemory > 100_000)
        #expect(run.supervisor.signal(run.process, .kill) == false)
        #expect(run.supervisor.memory(run.process) == nil)
        run.supervisor.stop()
    }

    @Test func saysWhyAProgramCouldNotBeStarted() async throws {
        let supervisor = try startSupervisor()
        defer { supervisor.stop() }
        var folder = Array("/tmp/lmon-supervisor-XXXXXX".utf8CString)
        #expect(mkdtemp(&folder) != nil)
        let path = String(decoding: folder.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { _ = ["plain", "orphan"].map { unlink("\(path)/\($0)") } + [rmdir(path)] }
        for (name, text, mode) in [("plain", "x", 0o644), ("orphan", "#!/no/such/interpreter\n", 0o755)] {
            let file = open("\(path)/\(name)", O_CREAT | O_WRONLY, mode_t(mode))
            _ = text.withCString { write(file, $0, strlen($0)) }
            close(file)
        }
        let expected: [(ProcessRequest, SpawnError.Step, Int32, String)] = [
            (ProcessRequest(executable: "/no/such"), .exec, ENOENT, "cannot start /no/such: no such file or directory"),
            (
                ProcessRequest(executable: "no-such-program", environment: ["PATH": "/bin"]), .exec, ENOENT,
                "cannot start no-such-program: no such file or directory"
            ),
            (
                ProcessRequest(executable: "\(path)/plain"), .exec, EACCES,
                "cannot start \(path)/plain: permission denied (is it executable? chmod +x)"
            ),
            (
                ProcessRequest(executable: "\(path)/orphan"), .exec, ENOENT,
                "cannot start \(path)/orphan: the interpreter that its first line names (#!…) is not there"
            ),
            (
                ProcessRequest(executable: "/bin/sh", workingDirectory: "/no/such/folder"), .directory, ENOENT,
                "cannot start /bin/sh in /no/such/folder: no such file or directory"
            ),
            (
                ProcessRequest(executable: "/bin/sh", fileDescriptors: [1: 9999]), .descriptors, EBADF,
                "cannot start /bin/sh: bad file descriptor"
            ),
        ]
        for (request, step, number, description) in expected {
            let error = await #expect(throws: SpawnError.self) { try await supervisor.spawn(request) }
            #expect(error?.step == step)
            #expect(error?.number == number)
            #expect(error?.description == description)
        }
        // None of them has hurt it.
        let run = try await Run(Self.shell("exit 5"), supervisor: supervisor)
        #expect(try await run.exit().status == .exited(code: 5))
    }

    @Test func givesTheDescriptorsItWasToldAndNoOthers() async throws {
        let out = Pipe()
        let extra = Pipe()
        // 3 is the folder that ls reads.
        let script = "echo out; echo extra >&9; ls /proc/self/fd; readlink /proc/self/fd/0 /proc/self/fd/2"
        let run = try await Run(Self.shell(script, [1: out.writing, 9: extra.writing]))
        out.closeWriting()
        extra.closeWriting()
        #expect(try await run.exit().status == .exited(code: 0))
        #expect(out.readAll() == "out\n0\n1\n2\n3\n9\n/dev/null\n/dev/null\n")
        #expect(extra.readAll() == "extra\n")
        run.supervisor.stop()
    }

    /// 3 → 4 and 4 → 3 at once, and so on: a plain series of dup2 would lose one.
    @Test func descriptorsMayChangePlaces() async throws {
        let first = Pipe()
        let second = Pipe()
        let targets: [Int32: Int32] = [first.writing: second.writing, second.writing: first.writing]
        let run = try await Run(
            Self.shell("echo a >/dev/fd/\(first.writing); echo b >/dev/fd/\(second.writing)", targets)
        )
        first.closeWriting()
        second.closeWriting()
        #expect(try await run.exit().status == .exited(code: 0))
        #expect(first.readAll() == "b\n")
        #expect(second.readAll() == "a\n")
        run.supervisor.stop()
    }

    @Test func passesArgumentsEnvironmentFolderAndLimits() async throws {
        let out = Pipe()
        var request = Self.shell("pwd; echo \"$1|$NAME\"; ulimit -n; ulimit -c; env | wc -l", [1: out.writing])
        request.arguments += ["sh", "two words"]
        request.environment["NAME"] = "ü=\n1"
        request.workingDirectory = "/"
        request.limits = ResourceLimits(openFiles: 100)
        let run = try await Run(request)
        out.closeWriting()
        // PATH, NAME (two lines), and PWD, which sh itself sets.
        #expect(out.readAll() == "/\ntwo words|ü=\n1\n100\n0\n4\n")
        run.supervisor.stop()
    }

    @Test func environmentsLargerThanASocketBufferArrive() async throws {
        let out = Pipe()
        var request = Self.shell("echo ${#V0} ${#V7}", [1: out.writing])
        for number in 0..<8 { request.environment["V\(number)"] = String(repeating: "x", count: 100_000) }
        let run = try await Run(request)
        out.closeWriting()
        #expect(out.readAll() == "100000 100000\n")
        run.supervisor.stop()
    }

    @Test func aFileLargerThanItsLimitEndsTheProcess() async throws {
        var request = Self.shell("exec dd if=/dev/zero of=/dev/stdout bs=1k count=100")
        let path = "/tmp/lmon-supervisor-limit-\(getpid())"
        let file = open(path, O_CREAT | O_RDWR, mode_t(0o600))
        defer {
            close(file)
            unlink(path)
        }
        request.fileDescriptors = [1: file]
        request.limits.fileBytes = 10_000
        let run = try await Run(request)
        #expect(try await run.exit().status == .signalled(SIGXFSZ))
        #expect(lseek(file, 0, SEEK_END) == 10_000)
        run.supervisor.stop()
    }

    /// A child that is in the group and one that left it count for as long as they are not stopped.
    @Test func stopsAndResumesAWholeTree() async throws {
        let out = Pipe()
        let count = "while :; do echo $1; sleep 0.01; done"
        let script = "(set -- a; \(count)) & setsid sh -c 'set -- b; \(count)' & set -- c; \(count)"
        let run = try await Run(Self.shell(script, [1: out.writing]))
        out.closeWriting()
        var seen: Set<Character> = []
        while seen.count < 4, let text = out.read() { seen.formUnion(text) }
        #expect(seen == ["a", "b", "c", "\n"])

        run.supervisor.signal(run.process, .stop)
        let tree = [run.process.rawValue] + ProcessTree.descendants(of: run.process.rawValue)
        #expect(tree.count >= 3)
        // D: it waits in vfork for a child that was stopped before exec, and has the signal pending.
        while !tree.allSatisfy({ "TtZD".contains(Self.state(of: $0)) }) { await Task.yield() }
        while out.read(within: 0)?.hasPrefix("nothing") == false {}
        // As long as a round of each would take, many times over: nothing comes.
        #expect(out.read(within: 1) == "nothing within 1 s")

        run.supervisor.signal(run.process, .resume)
        seen = []
        while seen.count < 4, let text = out.read(), !text.hasPrefix("nothing") { seen.formUnion(text) }
        #expect(seen == ["a", "b", "c", "\n"])

        run.supervisor.signal(run.process, .stop)
        run.supervisor.signal(run.process, .kill)
        #expect(try await run.exit().status == .signalled(9))
        // The pipe ends when the last of them is gone.
        while let text = out.read(), !text.hasPrefix("nothing") {}
        #expect(out.read(within: 1) == nil)
        run.supervisor.stop()
    }

    @Test func whatARuntimeLeavesInItsGroupEndsWithIt() async throws {
        let out = Pipe()
        let run = try await Run(Self.shell("sleep 1000 & exit 7", [1: out.writing]))
        out.closeWriting()
        #expect(try await run.exit().status == .exited(code: 7))
        #expect(out.readAll() == "")
        run.supervisor.stop()
    }

    @Test func measuresTheMemoryOfAWholeTree() async throws {
        let out = Pipe()
        let script = "(x=$(head -c 30000000 /dev/zero | tr '\\0' x); echo; sleep 1000; : $x) & wait"
        let run = try await Run(Self.shell(script, [1: out.writing]))
        out.closeWriting()
        #expect(out.readLines(1) == [])
        let memory = try #require(run.supervisor.memory(run.process))
        #expect(memory.resident > 20_000_000)
        #expect(memory.peak >= memory.resident)
        run.supervisor.signal(run.process, .kill)
        _ = try await run.exit()
        run.supervisor.stop()
    }

    @Test func stoppingTheSupervisorReportsEveryExitAndRefusesMore() async throws {
        let run = try await Run(Self.shell("sleep 1000"))
        run.supervisor.stop()
        #expect(try await run.exit().status == .signalled(9))
        let error = await #expect(throws: SpawnError.self) { try await run.supervisor.spawn(Self.shell("exit 0")) }
        #expect(error?.step == .supervisor)
    }

    @Test func aSupervisorThatCannotBeStartedSaysSo() throws {
        let error = #expect(throws: SpawnError.self) { try Supervisor.start(executable: "/no/such/lmon") }
        #expect(error?.number == ENOENT)
    }

    @Test func manyAtOnceEachGetTheirOwnStatus() async throws {
        let supervisor = try startSupervisor()
        defer { supervisor.stop() }
        let codes = try await withThrowingTaskGroup(of: (Int32, ProcessExit.Status).self) { group in
            for code in Int32(0)..<40 {
                group.addTask {
                    let run = try await Run(Self.shell("exit \(code)"), supervisor: supervisor)
                    return (code, try await run.exit().status)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(codes.count == 40)
        for (code, status) in codes { #expect(status == .exited(code: code)) }
    }

    private static func state(of process: Int32) -> Character {
        let file = open("/proc/\(process)/stat", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "Z" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = read(file, &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        return text.split(separator: ")").last?.dropFirst().first ?? "Z"
    }
}
