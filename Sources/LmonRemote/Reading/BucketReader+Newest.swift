import LmonS3
import LmonSpool

/// A bucket without anything in the time that is read: when the last batch was formed is then worth five lists a function.
extension BucketReader {
    enum Emptiness: Hashable {
        case unknown
        /// So many functions' newest batches are looked for.
        case searching(left: Int)
        case empty
        case filled
    }

    /// Of more functions it is not looked for: each list costs.
    private static let mostSearched = 20

    mutating func judgeEmptiness() {
        guard self.emptiness == .unknown, self.root.isKnown, self.hasCaughtUp || self.functions.isEmpty else { return }
        guard self.status.objects + self.status.broken == 0, self.queue.isEmpty, self.round == nil else {
            self.emptiness = .filled
            return
        }
        let names = self.functions.keys.sorted()
        guard self.since != nil, (1...Self.mostSearched).contains(names.count) else { return self.sayEmpty() }
        self.emptiness = .searching(left: names.count)
        for name in names {
            self.list(
                .newest(name),
                prefix: BatchKey.folder(function: name, prefix: self.settings.prefix),
                delimiter: "/"
            )
        }
    }

    /// Year, month, day and hour, always the last one, and what lies there.
    mutating func take(_ page: S3ListPage, _ listing: Listing, newest name: String) {
        let formed = page.objects.compactMap { BatchKey.name($0.key, prefix: self.settings.prefix)?.formed }
        self.status.newest = (formed + [self.status.newest].compactMap { $0 }).max()
        if let continuation = page.continuation {
            return self.issue(.newest(name), self.following(listing, continuation))
        }
        let last = page.prefixes.last { Self.isNumber($0.dropLast().split(separator: "/").last ?? "") }
        guard formed.isEmpty, let last else { return self.endSearch() }
        let folder = BatchKey.folder(function: name, prefix: self.settings.prefix)
        let depth = listing.prefix.dropFirst(folder.count).split(separator: "/").count
        self.list(.newest(name), prefix: last, delimiter: depth < 3 ? "/" : nil)
    }

    /// Of one function; found or not.
    mutating func endSearch() {
        guard case .searching(let left) = self.emptiness else { return }
        self.emptiness = .searching(left: left - 1)
        guard left == 1 else { return }
        guard self.status.objects == 0 else {
            self.emptiness = .filled
            return
        }
        self.sayEmpty()
    }

    private mutating func sayEmpty() {
        self.emptiness = .empty
        self.refreshStatus()
        self.actions.append(.say(.empty(self.status)))
        self.noteSaid()
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
