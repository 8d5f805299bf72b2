/// Where a reader of a collector stands: a place in one store. Written `STORE-NUMBER`; to whoever keeps it, it is a word.
package struct SpoolCursor: Hashable, Sendable, CustomStringConvertible {
    /// A cursor of another store means nothing: that one begins anew.
    package let store: String
    /// 0: before everything.
    package let number: Int64

    package init(store: String, number: Int64) {
        self.store = store
        self.number = number
    }

    /// Nil if it is none. A bare number is a place in whatever store there is.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let last = parts.last, parts.count <= 2, let number = Int64(last), number >= 0,
            last.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        if parts.count == 2, parts[0].isEmpty { return nil }
        self.init(store: parts.count == 2 ? String(parts[0]) : "", number: number)
    }

    package var description: String { self.store.isEmpty ? "\(self.number)" : "\(self.store)-\(self.number)" }
}
