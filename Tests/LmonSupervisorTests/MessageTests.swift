import Testing

@testable import LmonSupervisor

@Suite struct MessageTests {
    private static let spawn = SupervisorRequest.spawn(
        id: 7,
        ProcessRequest(
            executable: "/bin/sh",
            arguments: ["-c", "", "ü"],
            environment: ["A": "", "B": "x=y\n"],
            workingDirectory: "/tmp",
            fileDescriptors: [1: -1, 9: -1],
            limits: ResourceLimits(openFiles: .max, coreFileBytes: nil, fileBytes: 0, cpuSeconds: 3)
        )
    )

    @Test(arguments: [
        spawn, .spawn(id: .max, ProcessRequest(executable: "")),
        .guardTerminal(attributes: [1, 2, 3], restore: []), .releaseTerminal,
    ])
    func requestsComeBackAsTheyWere(request: SupervisorRequest) throws {
        #expect(try SupervisorRequest(frame: request.encode().dropFirst(4)) == request)
    }

    @Test(arguments: [
        SupervisorReply.spawned(id: 1, ProcessID(42)), .failed(id: 2, step: .exec, number: 13),
        .exited(ProcessExit(process: ProcessID(42), status: .exited(code: 255), peakMemory: .max)),
        .exited(ProcessExit(process: ProcessID(1), status: .signalled(9), peakMemory: 0)),
    ])
    func repliesComeBackAsTheyWere(reply: SupervisorReply) throws {
        #expect(try SupervisorReply(frame: reply.encode().dropFirst(4)) == reply)
    }

    @Test func framesComeWholeHoweverTheyAreCut() throws {
        let sent = [Self.spawn, .releaseTerminal, Self.spawn]
        let bytes = sent.flatMap { $0.encode() }
        for size in [1, 2, 3, 5, 100, bytes.count] {
            var buffer = FrameBuffer()
            var received: [SupervisorRequest] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                buffer.append(bytes[start..<min(start + size, bytes.count)])
                while let frame = try buffer.next() { received.append(try SupervisorRequest(frame: frame)) }
            }
            #expect(received == sent)
        }
    }

    @Test func aFrameThatIsTooLongIsRefusedBeforeItComes() throws {
        var buffer = FrameBuffer()
        buffer.append([255, 255, 255, 255])
        #expect(throws: FrameError.self) { try buffer.next() }
    }

    /// Whatever arrives, the answer is an error or a request that is written the same way again.
    @Test func brokenFramesAreErrors() throws {
        let whole = Array(Self.spawn.encode().dropFirst(4))
        for count in 0..<whole.count {
            #expect(throws: FrameError.self) { try SupervisorRequest(frame: whole.prefix(count)) }
        }
        #expect(throws: FrameError.self) { try SupervisorRequest(frame: whole + [0]) }
        var generator = SplitMix(state: 1)
        for _ in 0..<5000 {
            var broken = whole
            broken[Int.random(in: 0..<broken.count, using: &generator)] = .random(in: 0...255, using: &generator)
            guard let request = try? SupervisorRequest(frame: broken) else { continue }
            #expect((try? SupervisorRequest(frame: request.encode().dropFirst(4))) == request)
        }
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            self.state &+= 0x9E37_79B9_7F4A_7C15
            var z = self.state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
