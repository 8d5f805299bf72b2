import LmonS3
import LmonSpool

extension BucketReader {
    /// What lists are for.
    enum Purpose: Hashable {
        case root
        case poll(String)
        /// The last two hours.
        case recheck(String)
        /// Where batches are missing, as far as those formed then.
        case holes(String, through: Int64)
        /// When the last batch was formed, where there is none in the time that is read.
        case newest(String)

        var function: String? {
            switch self {
            case .root: nil
            case .poll(let name), .recheck(let name), .holes(let name, _), .newest(let name): name
            }
        }
    }

    /// The list of functions.
    struct Root {
        var nextPoll: Int64 = 0
        var isListing = false
        var isKnown = false
        var failures = 0
    }

    struct Function {
        /// The latest time at which a batch was formed, and no later than S3's own: a clock ahead of it must not hide what
        /// comes from others.
        var newest: Int64?
        /// Keys' last parts, by the hour of their batch: of the window and the hours that are listed again.
        var seen: [Int64: Set<Substring>] = [:]
        /// Milliseconds between lists, before what slows them all down.
        var interval = BucketReader.shortest
        var nextPoll: Int64 = 0
        var nextRecheck: Int64 = 0
        /// By S3's clock: the next one looks at what was formed since two hours before it was due.
        var recheckDue: Int64?
        /// By S3's clock: when the one that is under way was begun.
        var recheckBegan: Int64 = 0
        var isPolling = false
        var isRechecking = false
        var isSearching = false
        /// The first pass has come to its end.
        var hasPassed = false
        /// How far the first pass has come.
        var passed = Int64.min
        /// The rest of lists that wait until what was found was fetched.
        var parked: [Purpose: Listing] = [:]
        /// Found by the list that is under way.
        var found = 0
        var failures = 0
    }

    // MARK: Lengths, all in milliseconds

    static let window: Int64 = 120_000
    static let shortest: Int64 = 1000
    static let idle: Int64 = 5000
    static let recheckPeriod: Int64 = 300_000
    static let recheckLength: Int64 = 7_200_000
    static let rootPeriod: Int64 = 30_000
    static let hour: Int64 = 3_600_000

    /// Between lists of one function: as its traffic is, no more than two lists a second over all that have traffic, and
    /// fewer than one over all that have none.
    func period(_ function: Function, active: Int64) -> Int64 {
        let count = Int64(self.functions.count)
        let bound = function.interval < Self.idle ? active * 500 : count * 1250
        return max(function.interval, bound) * self.slowdown
    }

    /// Functions that have traffic.
    var activeCount: Int64 { Int64(self.functions.values.count { $0.interval < Self.idle }) }

    // MARK: Starting lists

    mutating func startLists() {
        if !self.root.isListing, self.now >= self.root.nextPoll, !self.root.isKnown || self.settings.follows {
            self.root.isListing = true
            self.list(.root, prefix: self.rootPrefix, delimiter: "/")
        }
        for name in self.functions.keys.sorted() { self.startLists(of: name) }
    }

    /// Of the functions' folders; where one is read alone, of its own: asked once, to know S3's time.
    private var rootPrefix: String {
        guard case .named(let name) = self.settings.functions else {
            return BatchKey.root(prefix: self.settings.prefix)
        }
        return BatchKey.folder(function: name, prefix: self.settings.prefix)
    }

    private mutating func startLists(of name: String) {
        guard var function = self.functions[name] else { return }
        let prefix = BatchKey.folder(function: name, prefix: self.settings.prefix)
        if !function.parked.isEmpty, self.mayList(function) {
            let parked = function.parked.sorted { $0.value.id < $1.value.id }
            function.parked = [:]
            for (purpose, rest) in parked { self.issue(purpose, rest) }
        }
        if !function.isPolling, self.now >= function.nextPoll,
            !function.hasPassed || (self.settings.follows && !self.isBehind)
        {
            function.isPolling = true
            function.found = 0
            self.list(.poll(name), prefix: prefix, after: self.start(of: function, name))
        }
        if self.settings.follows, function.hasPassed {
            if !function.isRechecking, self.now >= function.nextRecheck, !self.isBehind {
                function.isRechecking = true
                let start = min(function.recheckDue ?? .max, self.serverNow) - Self.recheckLength
                function.recheckBegan = self.serverNow
                self.list(
                    .recheck(name),
                    prefix: prefix,
                    after: BatchKey.start(function: name, at: start, prefix: self.settings.prefix)
                )
            }
            if !function.isSearching, !self.isBehind, let range = self.dueHoles(of: name) {
                function.isSearching = true
                let start = BatchKey.start(function: name, at: range.lowerBound, prefix: self.settings.prefix)
                self.list(.holes(name, through: range.upperBound), prefix: prefix, after: start)
            }
        }
        self.functions[name] = function
    }

    /// More is known than can be fetched soon: lists would only tell of what waits already, and of more that has to.
    var isBehind: Bool { self.queue.count >= self.settings.queueLimit }

    /// Whether a list may go on. The first pass that is furthest behind always may: the others' batches wait for it.
    func mayList(_ function: Function) -> Bool {
        if !self.isBehind { return true }
        return !self.hasCaughtUp && !function.hasPassed && function.passed <= self.firstPassBound
    }

    /// Asks for the next page of a list, now or once there is room for what it tells.
    mutating func goOn(_ purpose: Purpose, _ listing: Listing, _ continuation: String) {
        let next = self.following(listing, continuation)
        if let name = purpose.function, let function = self.functions[name], !self.mayList(function) {
            self.functions[name]?.parked[purpose] = next
        } else {
            self.issue(purpose, next)
        }
    }

    /// The key that the next list begins behind.
    private func start(of function: Function, _ name: String) -> String? {
        let from = function.newest.map { min($0, self.serverNow) - Self.window } ?? self.since
        let bounded = function.newest == nil ? from : max(from ?? .min, self.since ?? .min)
        return bounded.map { BatchKey.start(function: name, at: $0, prefix: self.settings.prefix) }
    }

    mutating func list(_ purpose: Purpose, prefix: String, after: String? = nil, delimiter: String? = nil) {
        self.issue(
            purpose,
            Listing(id: self.nextID, prefix: prefix, after: after, delimiter: delimiter, continuation: nil)
        )
        self.nextID += 1
    }

    mutating func issue(_ purpose: Purpose, _ listing: Listing) {
        self.listings[listing.id] = (purpose, listing)
        self.meter.count(at: self.now)
        self.actions.append(.list(listing))
    }

    /// The next page of a list.
    func following(_ listing: Listing, _ continuation: String) -> Listing {
        Listing(
            id: listing.id,
            prefix: listing.prefix,
            after: listing.after,
            delimiter: listing.delimiter,
            continuation: continuation
        )
    }

    // MARK: What is due next

    /// When the first of all that waits for a time is due; nil while everything waits for answers.
    var nextDue: Int64? {
        var times: [Int64] = []
        if self.settings.follows || !self.root.isKnown, !self.root.isListing { times.append(self.root.nextPoll) }
        for function in self.functions.values {
            guard self.settings.follows || !function.hasPassed else { continue }
            // What is behind lists again when something was fetched.
            if function.hasPassed, self.isBehind { continue }
            if !function.isPolling { times.append(function.nextPoll) }
            if function.hasPassed, !function.isRechecking { times.append(function.nextRecheck) }
        }
        if !self.isBehind {
            times += self.holes.filter { self.functions[$0.function]?.isSearching == false }.map(\.next)
        }
        times += self.round?.retries.values.map(\.at) ?? []
        // Before the functions are known nothing is said.
        if self.settings.follows, self.root.isKnown, self.saidStatus != self.status { times.append(self.nextStatus) }
        return times.filter { $0 < .max }.min().map { max($0, self.now + 1) }
    }
}
