import LmonAgent
import LmonHTTP
import LmonRecord
import LmonTestSupport
import Testing

@Suite(.exclusive) struct TeeReceiverTests {
    private static func lines(_ records: [Record]) -> String {
        records.map { String(decoding: $0.line, as: UTF8.self) + "\n" }.joined()
    }

    @Test func whatAnAgentSendsAgainComesOnce() async throws {
        try await withCore { core, _ in
            let keeper = Keeper()
            await core.attach(keeper)
            let receiver = try await TeeReceiver.listen(core: core)
            let records = Record.numbered((1...6).map { .log("r1", "line \($0)") })
            let first = try RawClient(port: receiver.port)
            first.send(Self.lines(Array(records[..<4])) + "no record\n")
            _ = await keeper.wait(for: 4)
            first.close()
            let second = try RawClient(port: receiver.port)
            second.send(Self.lines(records))
            _ = await keeper.wait(for: 6)
            second.close()
            await receiver.close()
            #expect(keeper.records == records)
            #expect(receiver.broken == 1)
        }
    }

    @Test func aTeeThatConnectsOutFindsAReaderThatComesLaterAndSendsWhatItRetains() async throws {
        try await withCore { reading, _ in
            let keeper = Keeper()
            await reading.attach(keeper)
            let receiver = try await TeeReceiver.listen(core: reading)
            try await withCore { core, loop in
                await core.see([.log("r1", "before")])
                let tee = TeeConnection(host: "127.0.0.1", port: receiver.port, limit: 1 << 20, core: core)
                await core.attach(tee)
                await loop.perform { tee.connect() }
                _ = await keeper.wait(for: 1)
                await core.see([.log("r1", "after")])
                _ = await keeper.wait(for: 2)
            }
            await receiver.close()
            #expect(keeper.records.map(\.sequence) == [1, 2])
        }
    }
}
