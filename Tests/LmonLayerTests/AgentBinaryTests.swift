import Foundation
import LmonTestSupport
import Testing

@testable import LmonLayer

@Suite struct AgentBinaryTests {
    private func flaw(_ bytes: [UInt8], for wanted: Architecture = .x86) -> AgentFlaw.Code? {
        do {
            _ = try AgentBinary(bytes, path: "agent", for: wanted)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func aStaticStrippedProgramIsTaken() {
        #expect(self.flaw(HandmadeELF(sections: [".text", ".eh_frame"]).bytes) == nil)
        #expect(self.flaw(HandmadeELF(machine: 183).bytes, for: .arm64) == nil)
        // Static, and loaded anywhere: it has a dynamic table, which needs no library.
        let anywhere = HandmadeELF(type: 3, segments: [(2, HandmadeELF.dynamicTable(5, 6, 0))])
        #expect(self.flaw(anywhere.bytes) == nil)
    }

    @Test func whatWouldNotStartInLambdaIsRefused() {
        #expect(self.flaw(HandmadeELF(segments: [(3, Array("/lib64/ld-linux-x86-64.so.2".utf8))]).bytes) == .dynamic)
        #expect(self.flaw(HandmadeELF(segments: [(2, HandmadeELF.dynamicTable(1, 0))]).bytes) == .dynamic)
        #expect(self.flaw(HandmadeELF(machine: 183).bytes) == .otherArchitecture(.arm64, wanted: .x86))
        #expect(self.flaw(HandmadeELF(machine: 243).bytes) == .unknownMachine(243))
        #expect(self.flaw(HandmadeELF(sections: [".debug_info"]).bytes) == .debug)
        #expect(self.flaw(HandmadeELF(sections: [".symtab"]).bytes) == .debug)
        let large = HandmadeELF().bytes + Array(repeating: 0, count: 30_000_000)
        #expect(self.flaw(large) == .large(large.count))
    }

    @Test(arguments: [
        [], Array("#!/bin/sh\n".utf8), HandmadeELF(type: 1).bytes,
        HandmadeELF(identity: [0x7F, 0x45, 0x4C, 0x46, 1, 1]).bytes,
        HandmadeELF(identity: [0x7F, 0x45, 0x4C, 0x46, 2, 2]).bytes, Array(HandmadeELF().bytes.prefix(40)),
        Array(HandmadeELF().bytes.prefix(100)),
    ])
    func whatIsNoProgramIsRefused(bytes: [UInt8]) {
        #expect(self.flaw(bytes) == .notAProgram)
    }

    @Test func everyFlawSaysWhatWhereAndWhatToDo() {
        let codes: [AgentFlaw.Code] = [
            .missing, .foreign(.arm64), .notAProgram, .unknownMachine(8), .otherArchitecture(.arm64, wanted: .x86),
            .dynamic, .debug, .large(50_000_000),
        ]
        for code in codes {
            let text = "\(AgentFlaw(code, path: "/there/lmon-agent"))"
            #expect(text.hasPrefix("/there/lmon-agent: ") && !text.contains("\n"))
            #expect(["swift build", "--arch", "build it on"].contains { text.contains($0) }, "\(text)")
        }
    }

    /// Headers that point anywhere: an answer or nil, never a trap.
    @Test(arguments: 1...10) func garbageIsSurvived(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let sample = HandmadeELF(
            segments: [(3, [1]), (2, HandmadeELF.dynamicTable(5, 1, 0))],
            sections: [".text", ".debug_line"]
        )
        .bytes
        for _ in 0..<500 {
            var bytes = sample
            for _ in 0..<random.int(1..<5) {
                let index = random.int(5..<bytes.count)
                bytes[index] = random.chance(50) ? 0xFF : UInt8(truncatingIfNeeded: random.next())
            }
            _ = self.flaw(Array(bytes.prefix(random.chance(20) ? random.int(0..<bytes.count) : bytes.count)))
        }
    }

    // MARK: Real ones

    #if os(Linux)
    @Test func aProgramOfThisMachineIsDynamic() throws {
        let shell = Array(try Data(contentsOf: URL(filePath: "/bin/sh")))
        #expect(self.flaw(shell, for: try #require(.current)) == .dynamic)
    }

    @Test(.enabled(if: Tool("clang") != nil, "clang is not installed"))
    func whatCLangLinksStaticallyIsTakenStrippedOnly() async throws {
        let clang = try #require(Tool("clang"))
        let folder = try TemporaryFolder()
        try folder.write("int main(void) { return 0; }\n".utf8, to: "agent.c")
        for (name, options, expected) in [
            ("plain", ["-static"], AgentFlaw.Code?.some(.debug)), ("stripped", ["-static", "-s"], nil),
            ("dynamic", ["-s"], .dynamic),
        ] {
            let run = try await clang.run(options + ["agent.c", "-o", name], in: folder.url)
            #expect(run.status == 0, "\(run.output)")
            #expect(self.flaw(try folder.read(name), for: try #require(.current)) == expected, "\(name)")
        }
    }
    #endif
}
