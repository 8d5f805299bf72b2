extension BucketReader {
    static let longestRest: Int64 = 60_000

    mutating func listFailed(_ id: Int, _ trouble: Trouble) {
        guard let (purpose, listing) = self.listings.removeValue(forKey: id) else { return }
        self.failed(purpose, listing, trouble)
    }

    /// The list is made anew, from its beginning: what was found is known.
    mutating func failed(_ purpose: Purpose, _ listing: Listing, _ trouble: Trouble) {
        if !self.hasListed, !trouble.passes {
            self.actions.append(.fail(trouble.message))
            self.isOver = true
            return
        }
        let rest = self.rest(after: trouble, self.tries(of: purpose))
        switch purpose {
        case .root:
            self.root.isListing = false
            self.root.nextPoll = self.now + rest
        case .poll(let name):
            self.functions[name]?.isPolling = false
            self.functions[name]?.nextPoll = self.now + rest
        case .recheck(let name):
            self.functions[name]?.isRechecking = false
            self.functions[name]?.nextRecheck = self.now + rest
        // It was only to be known.
        case .newest: self.endSearch()
        case .holes(let name, _):
            self.functions[name]?.isSearching = false
            for index in self.holes.indices where self.holes[index].function == name {
                self.holes[index].next = max(self.holes[index].next, self.now + rest)
            }
        }
    }

    /// How often it was tried in vain, this time included.
    private mutating func tries(of purpose: Purpose) -> Int {
        guard let name = purpose.function else {
            self.root.failures += 1
            return self.root.failures
        }
        self.functions[name]?.failures += 1
        return self.functions[name]?.failures ?? 1
    }

    /// How long to leave S3 alone, said as it grows.
    mutating func rest(after trouble: Trouble, _ tries: Int) -> Int64 {
        self.troubles += 1
        var wish: Int64 = 0
        if case .busy(_, let retryAfter) = trouble {
            self.slowDown()
            wish = min(retryAfter ?? 0, Self.longestRest)
        }
        let rest = max(wish, min(Self.shortest << min(Int64(tries - 1), 6), Self.longestRest))
        // At first, and then each time that it takes twice as long.
        if self.troubles & (self.troubles - 1) == 0 {
            self.actions.append(.say(.troubled(trouble.message, retryAfter: rest)))
        }
        return rest
    }

    /// Once a second at most: requests that are under way at the same time tell the same.
    private mutating func slowDown() {
        self.calm = 0
        guard self.now >= self.slowedDown + Self.shortest else { return }
        self.slowedDown = self.now
        self.slowdown = min(self.slowdown * 2, 32)
    }

    /// Something was answered as it should.
    mutating func recover() {
        self.calm += 1
        // Slowly: S3 counts over a while.
        if self.calm % 16 == 0, self.slowdown > 1 { self.slowdown /= 2 }
        guard self.troubles > 0 || !self.hasAnswered else { return }
        self.hasAnswered = true
        self.troubles = 0
        self.actions.append(.say(.recovered))
    }
}

extension BucketReader.Trouble {
    /// Whether waiting may help where nothing has ever worked.
    fileprivate var passes: Bool {
        if case .busy = self { true } else { false }
    }

    var message: String {
        switch self {
        case .busy(let message, _), .unreachable(let message), .refused(let message), .broken(let message): message
        case .missing: "the object is gone"
        }
    }
}
