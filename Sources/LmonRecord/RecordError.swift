package import LmonJSON

/// Why a line is no record.
package struct RecordError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case json(JSONError.Code)
        case missing(String)
        case invalid(String)
        case version(Int)
        case tooLong
    }

    package let code: Code
    /// Byte of the line, from 0.
    package let offset: Int

    package init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }

    package var description: String {
        switch self.code {
        case .json(let code): JSONError(code, at: self.offset).description
        case .missing(let name): "no member \"\(name)\": is this a record of lmon?"
        case .invalid(let name): "the member \"\(name)\" cannot be read"
        case .version(let version): "record version \(version); this lmon reads version 1: upgrade lmon"
        case .tooLong: "longer than \(Record.maximumLength) bytes"
        }
    }
}

/// A broken line among others, by its number in the stream and the column of the fault, both from 1.
package struct BrokenLineError: Error, Hashable, Sendable, CustomStringConvertible {
    package let position: TextPosition
    package let error: RecordError

    package var description: String { "\(self.position): \(self.error)" }
}
