/// Random names in the forms that Lambda uses. Unique, not secret: the generator is seeded by the system once.
struct Identifiers {
    private var state: UInt64

    init() {
        var system = SystemRandomNumberGenerator()
        self.state = system.next()
    }

    /// A version 4 UUID.
    mutating func requestID() -> String {
        let high = self.next() & ~0xF000 | 0x4000
        let low = self.next() & ~(3 << 62) | 1 << 63
        return String(unsafeUninitializedCapacity: 36) { buffer in
            Self.put(high >> 32, digits: 8, at: 0, buffer)
            Self.put(high >> 16, digits: 4, at: 9, buffer)
            Self.put(high, digits: 4, at: 14, buffer)
            Self.put(low >> 48, digits: 4, at: 19, buffer)
            Self.put(low, digits: 12, at: 24, buffer)
            for dash in [8, 13, 18, 23] { buffer[dash] = UInt8(ascii: "-") }
            return 36
        }
    }

    /// 16 digits for each word.
    mutating func hexadecimal(words: Int) -> String {
        String(unsafeUninitializedCapacity: 16 * words) { buffer in
            for index in 0..<words { Self.put(self.next(), digits: 16, at: 16 * index, buffer) }
            return 16 * words
        }
    }

    /// An X-Ray header for a caller that sent none: not sampled.
    mutating func traceID(seconds: Int64) -> String {
        let (high, low, parent) = (self.next(), self.next(), self.next())
        return String(unsafeUninitializedCapacity: 74) { buffer in
            let form: StaticString = "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0"
            _ = buffer.update(fromContentsOf: UnsafeBufferPointer(start: form.utf8Start, count: 74))
            Self.put(UInt64(truncatingIfNeeded: seconds), digits: 8, at: 7, buffer)
            Self.put(high, digits: 8, at: 16, buffer)
            Self.put(low, digits: 16, at: 24, buffer)
            Self.put(parent, digits: 16, at: 48, buffer)
            return 74
        }
    }

    mutating func pair() -> (UInt64, UInt16) {
        (self.next(), UInt16(truncatingIfNeeded: self.next()))
    }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var value = self.state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    private static func put(
        _ value: UInt64,
        digits: Int,
        at start: Int,
        _ buffer: UnsafeMutableBufferPointer<UInt8>
    ) {
        for index in 0..<digits {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(4 * index) & 15)
            buffer[start + digits - 1 - index] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
        }
    }
}
