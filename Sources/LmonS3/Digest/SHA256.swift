/// SHA-256 (FIPS 180-4), piece by piece. Of our own: what there is for Swift brings Foundation, which the agent does without.
package struct SHA256: Sendable {
    package static let byteCount = 32

    private var state: [UInt32] = [
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
    ]
    /// What does not fill a block yet.
    private var pending: [UInt8] = []
    private var length: UInt64 = 0

    private static let blockSize = 64

    package init() {
        self.pending.reserveCapacity(Self.blockSize)
    }

    package static func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var digest = SHA256()
        digest.update(bytes)
        return digest.finish()
    }

    package mutating func update(_ bytes: some Sequence<UInt8>) {
        let taken: Void? = bytes.withContiguousStorageIfAvailable { self.take($0) }
        if taken == nil { Array(bytes).withUnsafeBufferPointer { self.take($0) } }
    }

    /// The digest of all that was given. Nothing may be given afterwards.
    package mutating func finish() -> [UInt8] {
        let bits = self.length &* 8
        var padding: [UInt8] = [0x80]
        let filled = (self.pending.count + 1) % Self.blockSize
        padding += [UInt8](repeating: 0, count: (filled <= 56 ? 56 : 120) - filled)
        padding += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
        self.update(padding)
        return self.state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
    }

    private mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.length &+= UInt64(bytes.count)
        var rest = bytes[...]
        if !self.pending.isEmpty {
            let head = rest.prefix(Self.blockSize - self.pending.count)
            self.pending.append(contentsOf: head)
            rest = rest.dropFirst(head.count)
            guard self.pending.count == Self.blockSize else { return }
            let block = self.pending
            block.withUnsafeBufferPointer { self.compress($0) }
            self.pending.removeAll(keepingCapacity: true)
        }
        let whole = rest.count / Self.blockSize * Self.blockSize
        if whole > 0 { self.compress(UnsafeBufferPointer(rebasing: rest.prefix(whole))) }
        self.pending.append(contentsOf: rest.dropFirst(whole))
    }

    /// One or more whole blocks.
    private mutating func compress(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.state.withUnsafeMutableBufferPointer { state in
            Self.constants.withUnsafeBufferPointer { constants in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
                    for start in stride(from: 0, to: bytes.count, by: Self.blockSize) {
                        Self.expand(bytes, from: start, into: schedule)
                        Self.mix(schedule, constants, into: state)
                    }
                }
            }
        }
    }

    private static func expand(
        _ bytes: UnsafeBufferPointer<UInt8>,
        from start: Int,
        into schedule: UnsafeMutableBufferPointer<UInt32>
    ) {
        for index in 0..<16 {
            let at = start + index * 4
            schedule[index] =
                UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8
                | UInt32(bytes[at + 3])
        }
        for index in 16..<64 {
            let (early, late) = (schedule[index - 15], schedule[index - 2])
            let first = Self.turn(early, 7) ^ Self.turn(early, 18) ^ early >> 3
            let second = Self.turn(late, 17) ^ Self.turn(late, 19) ^ late >> 10
            schedule[index] = schedule[index - 16] &+ first &+ schedule[index - 7] &+ second
        }
    }

    private static func mix(
        _ schedule: UnsafeMutableBufferPointer<UInt32>,
        _ constants: UnsafeBufferPointer<UInt32>,
        into state: UnsafeMutableBufferPointer<UInt32>
    ) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let upper = Self.turn(e, 6) ^ Self.turn(e, 11) ^ Self.turn(e, 25)
            let choice = e & f ^ ~e & g
            let first = h &+ upper &+ choice &+ constants[index] &+ schedule[index]
            let lower = Self.turn(a, 2) ^ Self.turn(a, 13) ^ Self.turn(a, 22)
            let majority = a & b ^ a & c ^ b & c
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ lower &+ majority)
        }
        for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
    }

    private static func turn(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

    private static let constants: [UInt32] = [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
        0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
        0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
        0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
        0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
        0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
        0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
        0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
    ]
}
