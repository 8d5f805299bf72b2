import Foundation
import LmonJSON

/// What `-e` names: a file, standard input, or a sample.
enum EventArgument {
    /// The event's bytes, exactly as they lie there; checked to be JSON, since a runtime would only say so later.
    static func read(_ argument: String?) throws -> [UInt8] {
        guard let argument else { return Array("{}".utf8) }
        let bytes = try Self.bytes(argument)
        do {
            _ = try JSONValue(parsing: bytes)
        } catch {
            let place = TextPosition(offset: error.offset, in: bytes)
            throw Failure.usage("the event \(Self.name(argument)) is not JSON: \(place): \(error)")
        }
        return bytes
    }

    private static func bytes(_ argument: String) throws -> [UInt8] {
        if argument == "-" { return [UInt8](FileHandle.standardInput.readDataToEndOfFile()) }
        if argument.hasPrefix("sample:") {
            guard let sample = Sample(rawValue: String(argument.dropFirst(7))) else {
                throw Failure.usage("\(argument): no such sample; there are \(Sample.names)")
            }
            return Array(sample.event.utf8)
        }
        // An event typed on the command line is what people try first.
        if argument.hasPrefix("{") || argument.hasPrefix("[") { return Array(argument.utf8) }
        guard let data = InputFile.contents(argument) else {
            throw Failure.usage("\(argument): no such event file; -e takes a file, - or sample:NAME (\(Sample.names))")
        }
        return [UInt8](data)
    }

    private static func name(_ argument: String) -> String { argument == "-" ? "on standard input" : argument }
}
