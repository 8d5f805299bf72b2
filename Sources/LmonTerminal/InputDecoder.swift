package import LmonScreen

/// Bytes from a terminal → keys, mouse events and pastes, whatever pieces they arrive in.
///
/// An escape sequence or a UTF-8 character that is not complete is held. Escape alone begins a sequence as well, so when
/// `isWaiting` stays true for some 25 ms, `flush` says what was meant.
package struct InputDecoder {
    private enum Step {
        case incomplete
        case took(Int, Input?)
        case pasteBegins(after: Int)
    }

    private static let pasteLimit = 1 << 20
    private static let pasteEnd: [UInt8] = Array("\u{1B}[201~".utf8)

    private var pending: [UInt8] = []
    private var paste: [UInt8]?

    package init() {}

    /// Whether what is held could be complete, if nothing follows.
    package var isWaiting: Bool { !self.pending.isEmpty && self.paste == nil }

    package mutating func decode(_ bytes: some Sequence<UInt8>) -> [Input] {
        self.pending.append(contentsOf: bytes)
        var inputs: [Input] = []
        var start = 0
        while start < self.pending.count {
            if self.paste != nil {
                guard let end = self.continuePaste(from: start) else { return inputs }
                inputs.append(.paste(String(decoding: self.paste ?? [], as: UTF8.self)))
                self.paste = nil
                start = end
                continue
            }
            switch Self.step(self.pending[start...]) {
            case .incomplete:
                self.pending.removeFirst(start)
                return inputs
            case .took(let count, let input):
                start += count
                if let input { inputs.append(input) }
            case .pasteBegins(let count):
                start += count
                self.paste = []
            }
        }
        self.pending.removeAll()
        return inputs
    }

    /// What is held, read as if nothing followed.
    package mutating func flush() -> [Input] {
        guard self.isWaiting else { return [] }
        let held = self.pending
        self.pending.removeAll()
        guard held.first == 0x1B else { return [.key(.character("\u{FFFD}"))] }
        guard held.count > 1 else { return [.key(.escape)] }
        // `Esc [` and `Esc O` alone are those letters with Alt; longer, a sequence was cut and nothing was meant.
        guard held.count == 2 else { return [] }
        return [.key(.alt(Character(Unicode.Scalar(held[1]))))]
    }

    /// Moves bytes into the paste; the index after its end mark, if that came.
    private mutating func continuePaste(from start: Int) -> Int? {
        let mark = Self.pasteEnd
        var index = start
        while index < self.pending.count {
            if self.pending[index] == 0x1B {
                let rest = self.pending[index...].prefix(mark.count)
                if rest.elementsEqual(mark) { return index + mark.count }
                if mark.starts(with: rest) { break }
            }
            if (self.paste?.count ?? 0) < Self.pasteLimit { self.paste?.append(self.pending[index]) }
            index += 1
        }
        self.pending.removeFirst(index)
        return nil
    }

    private static func step(_ bytes: ArraySlice<UInt8>) -> Step {
        guard let first = bytes.first else { return .incomplete }
        switch first {
        case 0x1B: return self.escape(bytes)
        case 0x0D: return .took(1, .key(.enter))
        case 0x09: return .took(1, .key(.tab))
        case 0x08, 0x7F: return .took(1, .key(.backspace))
        case 0..<0x20: return .took(1, .key(.control(self.letter(ofControl: first))))
        default: return self.character(bytes)
        }
    }

    private static func letter(ofControl byte: UInt8) -> Character {
        Character(Unicode.Scalar((1...26).contains(byte) ? byte + 0x60 : byte + 0x40))
    }

    private static func character(_ bytes: ArraySlice<UInt8>) -> Step {
        let first = bytes[bytes.startIndex]
        let length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
        guard length > 0 else { return .took(1, .key(.character("\u{FFFD}"))) }
        let trailing = bytes.dropFirst().prefix(length - 1)
        guard trailing.allSatisfy({ $0 & 0xC0 == 0x80 }) else { return .took(1, .key(.character("\u{FFFD}"))) }
        guard trailing.count == length - 1 else { return .incomplete }
        let text = String(decoding: bytes.prefix(length), as: UTF8.self)
        return .took(length, .key(.character(text.first ?? "\u{FFFD}")))
    }

    private static func escape(_ bytes: ArraySlice<UInt8>) -> Step {
        let rest = bytes.dropFirst()
        guard let second = rest.first else { return .incomplete }
        switch second {
        case UInt8(ascii: "["): return self.controlSequence(bytes)
        case UInt8(ascii: "O"):
            guard let final = rest.dropFirst().first else { return .incomplete }
            return .took(3, ControlSequence(parameters: [], final: final).input)
        // Alt and Enter: the new line that Enter alone is not, where text of several lines is typed.
        case 0x0D: return .took(2, .key(.control("j")))
        case 0x1B, 0..<0x20, 0x7F: return .took(1, .key(.escape))
        default:
            guard case .took(let count, .key(.character(let character))) = self.character(rest) else {
                return .incomplete
            }
            return .took(count + 1, .key(.alt(character)))
        }
    }

    private static func controlSequence(_ bytes: ArraySlice<UInt8>) -> Step {
        let body = bytes.dropFirst(2)
        guard let first = body.first else { return .incomplete }
        if first == UInt8(ascii: "[") {  // The Linux console's F1 to F5.
            guard let letter = body.dropFirst().first else { return .incomplete }
            let number = Int(letter) - 0x40
            return .took(4, (1...5).contains(number) ? .key(.function(number)) : nil)
        }
        if first == UInt8(ascii: "M") {  // Mouse reports of terminals that do not know the newer form.
            guard body.count >= 4 else { return .incomplete }
            let values = body.dropFirst().prefix(3).map { Int($0) - 32 }
            return .took(6, ControlSequence.mouse(values, isRelease: values[0] & 3 == 3))
        }
        guard let end = body.firstIndex(where: { !(0x20..<0x40).contains($0) }) else {
            return body.count > 64 ? .took(bytes.count, nil) : .incomplete
        }
        let count = end - bytes.startIndex + 1
        guard (0x40..<0x7F).contains(bytes[end]) else { return .took(count - 1, nil) }
        let sequence = ControlSequence(parameters: body[..<end], final: bytes[end])
        return sequence.beginsPaste ? .pasteBegins(after: count) : .took(count, sequence.input)
    }
}
