/// Positions of rows as bits: what a filter lets through of a million rows takes 125 kB, in whatever order it is found.
package struct PositionSet: Hashable, Sendable {
    private var words: [UInt64] = []
    /// Of each block of words, how many positions are in it.
    private var blocks: [Int32] = []
    package private(set) var count = 0

    private static let block = 64

    package init() {}

    package init(_ positions: some Sequence<Int>) {
        for position in positions { self.insert(position) }
    }

    package func contains(_ position: Int) -> Bool {
        let word = position >> 6
        return position >= 0 && word < self.words.count && self.words[word] & (1 << UInt64(position & 63)) != 0
    }

    package mutating func insert(_ position: Int) {
        let word = position >> 6
        if word >= self.words.count {
            self.words.append(contentsOf: repeatElement(0, count: word + 1 - self.words.count))
            let blocks = (self.words.count + Self.block - 1) / Self.block
            self.blocks.append(contentsOf: repeatElement(0, count: blocks - self.blocks.count))
        }
        let bit: UInt64 = 1 << UInt64(position & 63)
        guard self.words[word] & bit == 0 else { return }
        self.words[word] |= bit
        self.blocks[word / Self.block] += 1
        self.count += 1
    }

    package mutating func remove(_ position: Int) {
        guard self.contains(position) else { return }
        self.words[position >> 6] &= ~(1 << UInt64(position & 63))
        self.blocks[(position >> 6) / Self.block] -= 1
        self.count -= 1
    }

    /// How many positions are before this one.
    package func rank(_ position: Int) -> Int {
        let word = min(position >> 6, self.words.count)
        var rank = 0
        for block in 0..<(word / Self.block) { rank += Int(self.blocks[block]) }
        for index in (word / Self.block * Self.block)..<word { rank += self.words[index].nonzeroBitCount }
        if word < self.words.count {
            rank += (self.words[word] & ((1 << UInt64(position & 63)) - 1)).nonzeroBitCount
        }
        return rank
    }

    /// The position with so many before it.
    package func position(at index: Int) -> Int {
        precondition(index >= 0 && index < self.count)
        var rest = index
        var block = 0
        while rest >= Int(self.blocks[block]) {
            rest -= Int(self.blocks[block])
            block += 1
        }
        var word = block * Self.block
        while rest >= self.words[word].nonzeroBitCount {
            rest -= self.words[word].nonzeroBitCount
            word += 1
        }
        var bits = self.words[word]
        for _ in 0..<rest { bits &= bits - 1 }
        return word << 6 + bits.trailingZeroBitCount
    }

    package func intersection(_ other: PositionSet) -> PositionSet {
        var result = PositionSet()
        for word in 0..<min(self.words.count, other.words.count) {
            var bits = self.words[word] & other.words[word]
            while bits != 0 {
                result.insert(word << 6 + bits.trailingZeroBitCount)
                bits &= bits - 1
            }
        }
        return result
    }

    /// All of them, least first.
    package var positions: [Int] {
        var result: [Int] = []
        result.reserveCapacity(self.count)
        for word in self.words.indices {
            var bits = self.words[word]
            while bits != 0 {
                result.append(word << 6 + bits.trailingZeroBitCount)
                bits &= bits - 1
            }
        }
        return result
    }
}
