/// Makes the names of execution environments: ULIDs, 26 characters that sort by time of creation.
package enum EnvironmentID {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// A name from 48 bits of milliseconds since 1970 and 80 bits of chance.
    package static func make(at time: Timestamp, random: (UInt64, UInt16)) -> String {
        var bytes = [UInt8](repeating: 0, count: 26)
        var milliseconds = UInt64(bitPattern: time.millisecondsSinceEpoch)
        for index in (0..<10).reversed() {
            bytes[index] = self.alphabet[Int(milliseconds & 31)]
            milliseconds >>= 5
        }
        var low = random.0
        var high = random.1
        for index in (10..<26).reversed() {
            bytes[index] = self.alphabet[Int(low & 31)]
            low = low >> 5 | UInt64(high & 31) << 59
            high >>= 5
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
