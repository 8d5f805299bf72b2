import LmonScreen

/// A complete `CSI … final` or `SS3 final`, as terminals send keys: ECMA-48 with what xterm, rxvt, the Linux console and
/// their heirs made of it.
struct ControlSequence {
    private var isPrivate: Bool
    private var numbers: [Int]
    private var final: UInt8

    init(parameters: ArraySlice<UInt8>, final: UInt8) {
        self.isPrivate = parameters.first == UInt8(ascii: "<")
        let digits = self.isPrivate ? parameters.dropFirst() : parameters
        self.numbers = digits.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map {
            Int(String(decoding: $0.prefix(6), as: UTF8.self)) ?? 0
        }
        self.final = final
    }

    var beginsPaste: Bool { self.final == UInt8(ascii: "~") && self.numbers.first == 200 }

    /// What it says; `nil` for what lmon has no use for.
    var input: Input? {
        if self.isPrivate {
            guard self.numbers.count == 3 else { return nil }
            return Self.mouse(self.numbers, isRelease: self.final == UInt8(ascii: "m"))
        }
        if self.final == UInt8(ascii: "~") { return self.numberedKey.map(Input.key) }
        return Self.letterKey(self.final).map(Input.key)
    }

    private static func letterKey(_ final: UInt8) -> Key? {
        switch Character(Unicode.Scalar(final)) {
        case "A": .up
        case "B": .down
        case "C": .right
        case "D": .left
        case "H": .home
        case "F": .end
        case "M": .enter
        case "Z": .shiftTab
        case "P": .function(1)
        case "Q": .function(2)
        case "R": .function(3)
        case "S": .function(4)
        default: nil
        }
    }

    private var numberedKey: Key? {
        switch self.numbers.first ?? 0 {
        case 1, 7: .home
        case 2: .insert
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        case let number where (11...15).contains(number): .function(number - 10)
        case let number where (17...21).contains(number): .function(number - 11)
        case let number where (23...24).contains(number): .function(number - 12)
        default: nil
        }
    }

    /// A mouse report: button and flags, column and row from 1.
    static func mouse(_ values: [Int], isRelease: Bool) -> Input? {
        let position = Screen.Position(column: values[1] - 1, row: values[2] - 1)
        guard position.column >= 0, position.row >= 0 else { return nil }
        let flags = values[0]
        let button = flags & 3
        let kind: MouseEvent.Kind
        if flags & 64 != 0 {
            guard button < 2 else { return nil }
            kind = button == 0 ? .wheelUp : .wheelDown
        } else if flags & 32 != 0 {
            kind = .drag
        } else {
            kind = isRelease ? .release : .press(button: button + 1)
        }
        return .mouse(MouseEvent(kind, at: position))
    }
}
