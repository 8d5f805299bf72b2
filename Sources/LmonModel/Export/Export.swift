import LmonJSON

/// What invocations are written as, for other programs.
package enum ExportFormat: String, CaseIterable, Hashable, Sendable {
    /// HTTP Archive 1.2: an entry for each call.
    case har
    /// A command for each call.
    case curl
    /// An object for each invocation.
    case json

    package var title: String {
        switch self {
        case .har: "HAR"
        case .curl: "curl"
        case .json: "JSON"
        }
    }
}

/// Writes invocations one after the other, so that nobody has to hold them all.
///
/// What comes out is UTF-8 without anything that could drive or deceive a terminal, whatever a function sent: what is
/// invisible or turns text around is written as an escape.
package struct ExportWriter: Sendable {
    package let format: ExportFormat
    package private(set) var invocations = 0
    package private(set) var calls = 0

    package init(_ format: ExportFormat) {
        self.format = format
    }

    /// What stands before the first.
    package var beginning: [UInt8] { self.format == .har ? HAR.beginning : [] }

    /// What stands behind the last.
    package var end: [UInt8] { self.format == .har ? HAR.end : [] }

    /// One invocation, or what an environment called while it initialised; with those of its calls that are wanted.
    package mutating func add(_ invocation: Invocation, where isWanted: (Call) -> Bool = { _ in true }) -> [UInt8] {
        let calls = invocation.calls.filter(isWanted)
        if self.format == .json, invocation.id.isInitialization { return [] }
        var bytes: [UInt8] = []
        switch self.format {
        case .har:
            for call in calls { bytes += self.separated(HAR.entry(call, of: invocation)) }
        case .curl:
            for line in calls.compactMap({ CurlLine.text(for: $0) }) {
                self.calls += 1
                bytes += Array((line + "\n").utf8)
            }
        case .json:
            self.calls += calls.count
            bytes = JSONWriter.object { InvocationJSON.write(invocation, to: &$0) }.visible + [UInt8(ascii: "\n")]
        }
        if !invocation.id.isInitialization { self.invocations += 1 }
        return bytes
    }

    /// One call of an invocation; in JSON its own object.
    package mutating func add(_ call: Call, of invocation: Invocation) -> [UInt8] {
        guard self.format == .json else { return self.add(invocation) { $0.id == call.id } }
        self.calls += 1
        return JSONWriter.object { InvocationJSON.write(call, to: &$0) }.visible + [UInt8(ascii: "\n")]
    }

    private mutating func separated(_ entry: [UInt8]) -> [UInt8] {
        defer { self.calls += 1 }
        return (self.calls == 0 ? [] : Array(",\n".utf8)) + entry.visible
    }
}

package enum Export {
    /// All of them as one text, for a clipboard or a small file.
    package static func text(_ format: ExportFormat, _ invocations: [Invocation]) -> String {
        self.text(format) { writer in invocations.flatMap { writer.add($0) } }
    }

    /// One call of an invocation; `json` gives the call's own object. Empty if its form has nothing to say of it: a
    /// command needs a URL.
    package static func text(_ format: ExportFormat, _ call: Call, of invocation: Invocation) -> String {
        self.text(format) { writer in writer.add(call, of: invocation) }
    }

    private static func text(_ format: ExportFormat, _ body: (inout ExportWriter) -> [UInt8]) -> String {
        var writer = ExportWriter(format)
        let bytes = body(&writer)
        return String(decoding: writer.beginning + bytes + writer.end, as: UTF8.self)
    }
}

extension [UInt8] {
    /// JSON in which what cannot be seen is written as an escape: C1 controls and what hides or turns text around. Such
    /// characters stand in strings only.
    var visible: [UInt8] {
        guard self.contains(where: { $0 >= 0x7F }) else { return self }
        var result: [UInt8] = []
        result.reserveCapacity(self.count + 32)
        for scalar in String(decoding: self, as: UTF8.self).unicodeScalars {
            if Visibility.isHidden(scalar), scalar.value >= 0x20 {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
                }
            } else {
                result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return result
    }
}

/// Which characters a reader does not see, or sees in another place.
enum Visibility {
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
            0xFFF9...0xFFFB, 0xE0000...0xE0FFF, 0xFDD0...0xFDEF:
            true
        default: scalar.value & 0xFFFE == 0xFFFE
        }
    }
}
