/// Random names in the forms that Lambda uses.
struct Identifiers {
    private var generator = SystemRandomNumberGenerator()
    private static let digits = Array("0123456789abcdef".utf8)

    /// A version 4 UUID.
    mutating func requestID() -> String {
        let high: UInt64 = self.generator.next() & ~0xF000 | 0x4000
        let low: UInt64 = self.generator.next() & ~(3 << 62) | 1 << 63
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var index = 0
            for (position, shift) in stride(from: 60, through: 0, by: -4).enumerated() {
                if position == 8 || position == 12 { Self.put(UInt8(ascii: "-"), &index, buffer) }
                Self.put(Self.digits[Int(high >> UInt64(shift) & 15)], &index, buffer)
            }
            for (position, shift) in stride(from: 60, through: 0, by: -4).enumerated() {
                if position == 0 || position == 4 { Self.put(UInt8(ascii: "-"), &index, buffer) }
                Self.put(Self.digits[Int(low >> UInt64(shift) & 15)], &index, buffer)
            }
            return index
        }
    }

    mutating func hexadecimal(words: Int) -> String {
        var text = ""
        for _ in 0..<words {
            let word = String(self.generator.next() as UInt64, radix: 16)
            text += String(repeating: "0", count: 16 - word.count) + word
        }
        return text
    }

    /// An X-Ray header for a caller that sent none: not sampled.
    mutating func traceID(seconds: Int64) -> String {
        let digits = String(seconds, radix: 16)
        let time = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        return "Root=1-\(time)-\(self.hexadecimal(words: 2).prefix(24));Parent=\(self.hexadecimal(words: 1));Sampled=0"
    }

    mutating func pair() -> (UInt64, UInt16) {
        (self.generator.next(), UInt16(truncatingIfNeeded: self.generator.next() as UInt64))
    }

    private static func put(_ byte: UInt8, _ index: inout Int, _ buffer: UnsafeMutableBufferPointer<UInt8>) {
        buffer[index] = byte
        index += 1
    }
}
