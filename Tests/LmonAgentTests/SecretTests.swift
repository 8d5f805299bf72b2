import LmonArchive
import LmonHTTP
import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonAgent

/// Secrets planted wherever a call can have one are in no record, whoever posted it and however it was packed.
@Suite(.exclusive) struct SecretTests {
    private static func planted(_ seed: UInt64) -> PlantedSecrets {
        PlantedSecrets(seed: seed, invocation: "r1") { (try? Gzip.compressed($0)) ?? [] }
    }

    private static func post(_ path: String, _ body: String, to port: Int) throws -> String {
        let client = try RawClient(port: port)
        client.send(
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:4243\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
        )
        client.send(body)
        return String(try client.receiveToEnd().dropFirst("HTTP/1.1 ".count).prefix(3))
    }

    @Test func thePlantedOnesAreFoundWhereNothingIsRedacted() {
        let planted = Self.planted(1)
        let all = (planted.events + planted.seedCalls).joined(separator: "\n")
        let found = planted.found(in: all) { try? Gzip.decompressed($0, limit: 1 << 20) }
        // What was cut may have lost one.
        #expect(found.count > planted.needles.count * 9 / 10)
        #expect(planted.needles.count > 100)
    }

    @Test(arguments: 1...25) func noRecordHoldsOne(seed: UInt64) async throws {
        let planted = Self.planted(seed)
        let records = try await withCore { core, _ -> [Record] in
            let keeper = Keeper()
            await core.attach(keeper, withRetained: false)
            let port = try await core.open()
            #expect(try Self.post("/v1/events", planted.events.joined(separator: "\n"), to: port) == "202")
            for call in planted.seedCalls { #expect(try Self.post("/", call, to: port) == "200") }
            await core.settle()
            return keeper.records
        }
        #expect(records.count == planted.events.count + 2 * planted.seedCalls.count)
        for record in records {
            let line = String(decoding: record.line, as: UTF8.self)
            let found = planted.found(in: line) { try? Gzip.decompressed($0, limit: 1 << 20) }
            #expect(found == [], "\(line)")
        }
    }
}
