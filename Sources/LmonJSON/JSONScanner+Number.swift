extension JSONScanner {
    /// Passes over a number and returns its bytes: the literal exactly as written.
    package mutating func number() throws(JSONError) -> Range<Int> {
        let first = try self.peek()
        guard first == UInt8(ascii: "-") || (48...57).contains(first) else {
            throw JSONError(.expected(.number), at: self.offset)
        }
        let start = self.offset
        if first == UInt8(ascii: "-") { self.offset += 1 }
        let integerStart = self.offset
        try self.digits()
        if self.bytes[integerStart] == UInt8(ascii: "0"), self.offset > integerStart + 1 {
            throw JSONError(.invalidNumber, at: integerStart)
        }
        if self.offset < self.end, self.bytes[self.offset] == UInt8(ascii: ".") {
            self.offset += 1
            try self.digits()
        }
        if self.offset < self.end, self.bytes[self.offset] | 0x20 == UInt8(ascii: "e") {
            self.offset += 1
            if self.offset < self.end, self.bytes[self.offset] == UInt8(ascii: "+") || self.bytes[self.offset] == 0x2D {
                self.offset += 1
            }
            try self.digits()
        }
        return start..<self.offset
    }

    private mutating func digits() throws(JSONError) {
        let start = self.offset
        while self.offset < self.end, (48...57).contains(self.bytes[self.offset]) { self.offset += 1 }
        guard self.offset > start else {
            throw JSONError(self.offset == self.end ? .unexpectedEnd : .invalidNumber, at: self.offset)
        }
    }

    /// The value of an integer written with a fraction or an exponent.
    func integral(_ range: Range<Int>) throws(JSONError) -> Int {
        guard let value = self.double(range), let exact = Int(exactly: value) else {
            throw JSONError(.numberOutOfRange, at: range.lowerBound)
        }
        return exact
    }

    /// The double nearest to the literal in `range`, which `number` returned; infinite if it is too large.
    ///
    /// A mantissa below 2^53 and a power of ten up to 22 are exact in binary, so one division rounds correctly; durations
    /// and sizes are all of that shape. The rest goes through the standard library.
    package func double(_ range: Range<Int>) -> Double? {
        var mantissa: UInt64 = 0
        var digits = 0
        var fraction = 0
        var seenPoint = false
        var index = range.lowerBound
        let isNegative = self.bytes[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        while index < range.upperBound {
            let byte = self.bytes[index]
            if byte == UInt8(ascii: ".") {
                seenPoint = true
            } else if (48...57).contains(byte), digits < 15 {
                mantissa = mantissa * 10 + UInt64(byte - 48)
                digits += 1
                if seenPoint { fraction += 1 }
            } else {
                return Double(String(decoding: self.bytes[range], as: UTF8.self))
            }
            index += 1
        }
        let value = Double(mantissa) / Self.powersOfTen[fraction]
        return isNegative ? -value : value
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]
}
