import LmonArchive
import LmonRecord

/// Reads a batch: records one a line, plain or as gzip. All of it is right, or none of it is taken.
enum BatchReader {
    /// Of an environment's, a function's or a request's name; AWS's are shorter.
    static let longestName = 512

    static func records(_ body: [UInt8], isGzip: Bool, limit: Int) throws(Refusal) -> [Record] {
        let bytes = isGzip ? try self.inflated(body, limit: limit) : body
        guard bytes.count <= limit else { throw self.tooLarge(limit) }
        var lines = RecordLines()
        var records: [Record] = []
        var line = 0
        for element in lines.append(bytes) + (lines.finish().map { [$0] } ?? []) {
            line += 1
            switch element {
            case .success(let record):
                try self.check(record, line)
                records.append(record)
            case .failure(let broken):
                throw Refusal(status: broken.error.code == .tooLong ? 413 : 400, message: "line \(broken)")
            }
        }
        return records
    }

    private static func check(_ record: Record, _ number: Int) throws(Refusal) {
        try self.check(record.environment, "environment", number)
        try self.check(record.function, "function", number)
        if let request = record.requestID { try self.check(request, "requestId", number) }
    }

    private static func check(_ name: String, _ member: String, _ number: Int) throws(Refusal) {
        guard name.utf8.count > self.longestName else { return }
        let message = "record \(number): the member \"\(member)\" has more than \(self.longestName) bytes"
        throw Refusal(status: 400, message: message)
    }

    private static func inflated(_ body: [UInt8], limit: Int) throws(Refusal) -> [UInt8] {
        do throws(ArchiveError) {
            return try Gzip.decompressed(body, limit: limit)
        } catch {
            if case .tooLarge = error.code { throw self.tooLarge(limit) }
            throw Refusal(status: 400, message: "the body is no gzip: \(error)")
        }
    }

    private static func tooLarge(_ limit: Int) -> Refusal {
        Refusal(status: 413, message: "a batch has at most \(limit) bytes, inflated")
    }
}
