import Foundation
import LmonRecord

func record(
    _ sequence: Int,
    environment: String = "E1",
    request: String? = nil,
    type: RecordType = .function,
    payload: String = #""hello""#
) -> Record {
    let observation = Observation(
        environment: environment,
        function: "orders",
        time: Timestamp(microseconds: 1_700_000_000_000_000 + Int64(sequence) * 1000),
        type: type,
        requestID: request,
        payload: Array(payload.utf8)
    )
    return Record(observation, sequence: sequence, observed: observation.time)
}

let start = Timestamp(microseconds: 1_800_000_000_000_000)

/// A folder of its own that is gone when the test is.
final class TemporaryFolder {
    let path: String

    init() throws {
        self.path = FileManager.default.temporaryDirectory.path + "/lmon-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.path) }

    func file(_ name: String) -> String { "\(self.path)/\(name)" }

    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: self.file(name)))
        return self.file(name)
    }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: self.path)) ?? []).sorted() }
}
