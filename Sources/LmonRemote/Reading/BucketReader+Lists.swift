import LmonRecord
import LmonS3
import LmonSpool

extension BucketReader {
    /// Larger objects are not an agent's.
    static let largestObject = 16 << 20

    // MARK: A page

    mutating func listed(_ id: Int, _ page: S3ListPage, _ serverTime: Int64?) {
        guard let (purpose, listing) = self.listings.removeValue(forKey: id) else { return }
        if let continuation = page.continuation, continuation == listing.continuation {
            return self.failed(purpose, listing, .broken("its list goes on where it was before"))
        }
        self.adjust(to: serverTime)
        self.recover()
        if !self.hasListed {
            self.hasListed = true
            self.since = self.settings.start.time(now: self.serverNow)
        }
        self.status.foreign += page.unreadable
        switch purpose {
        case .root: self.take(page, listing)
        case .poll(let name): self.take(page, listing, poll: name)
        case .newest(let name): self.take(page, listing, newest: name)
        case .recheck(let name):
            self.take(page.objects, name, isPoll: false)
            if let continuation = page.continuation { return self.goOn(purpose, listing, continuation) }
            self.functions[name]?.isRechecking = false
            self.functions[name]?.failures = 0
            if let began = self.functions[name]?.recheckBegan {
                self.functions[name]?.recheckDue = began + Self.recheckPeriod
            }
            self.functions[name]?.nextRecheck = self.now + Self.recheckPeriod
        case .holes(let name, let through):
            self.take(page.objects, name, isPoll: false)
            let last = page.objects.last.flatMap { BatchKey.name($0.key, prefix: self.settings.prefix)?.formed }
            if let continuation = page.continuation, last ?? .min <= through {
                return self.goOn(purpose, listing, continuation)
            }
            self.functions[name]?.isSearching = false
            self.functions[name]?.failures = 0
        }
    }

    private mutating func take(_ page: S3ListPage, _ listing: Listing) {
        if case .named(let name) = self.settings.functions {
            self.functions[name] = Function()
            self.root.nextPoll = .max
            return self.endRoot()
        }
        for object in page.objects { self.passOver(object.key) }
        for prefix in page.prefixes {
            let folder = prefix.dropFirst(listing.prefix.count).dropLast()
            guard prefix.hasPrefix(listing.prefix), let name = BatchKey.function(String(folder)) else {
                self.passOver(prefix)
                continue
            }
            guard self.settings.functions.wants(name) else { continue }
            if self.functions[name] == nil { self.functions[name] = Function() }
        }
        if let continuation = page.continuation {
            return self.issue(.root, self.following(listing, continuation))
        }
        // The first function is waited for.
        self.root.nextPoll = self.now + (self.functions.isEmpty ? Self.idle * self.slowdown : Self.rootPeriod)
        self.endRoot()
    }

    private mutating func endRoot() {
        self.root.isListing = false
        self.root.isKnown = true
        self.root.failures = 0
        self.status.functions = self.functions.count
    }

    private mutating func take(_ page: S3ListPage, _ listing: Listing, poll name: String) {
        self.take(page.objects, name, isPoll: true)
        guard var function = self.functions[name] else { return }
        if let continuation = page.continuation { return self.goOn(.poll(name), listing, continuation) }
        function.isPolling = false
        function.failures = 0
        if !function.hasPassed {
            function.hasPassed = true
            function.nextRecheck = self.now + Self.recheckPeriod
            function.recheckDue = self.serverNow + Self.recheckPeriod
        }
        function.interval = function.found > 0 ? Self.shortest : min(function.interval * 3 / 2, Self.idle)
        self.functions[name] = function
        let next = self.now + self.period(function, active: self.activeCount)
        self.functions[name]?.nextPoll = next
        if self.functions.values.allSatisfy(\.hasPassed) { self.hasCaughtUp = true }
        self.prune(name)
    }

    // MARK: Objects

    private mutating func take(_ objects: [S3ListPage.Object], _ name: String, isPoll: Bool) {
        guard var function = self.functions[name] else { return }
        // Not copied with each page: it may be long.
        self.functions[name]?.seen = [:]
        let newest = function.newest
        var added: [Batch] = []
        for object in objects {
            guard let batch = BatchKey.name(object.key, prefix: self.settings.prefix), batch.function == name else {
                if self.remember(object.key, at: self.serverNow, &function) { self.passOver(object.key) }
                continue
            }
            function.newest = max(function.newest ?? .min, min(batch.formed, self.serverNow))
            if !function.hasPassed { function.passed = max(function.passed, batch.formed) }
            guard self.remember(object.key, at: batch.formed, &function), self.isWanted(object, batch) else { continue }
            guard object.size <= Self.largestObject else {
                self.breakOff(object.key, "\(object.size) bytes are more than a batch has")
                continue
            }
            if let newest, batch.formed < newest - Self.window { self.status.late += 1 }
            function.found += isPoll ? 1 : 0
            added.append(Batch(key: object.key, size: object.size, name: batch))
        }
        self.functions[name] = function
        guard !added.isEmpty else { return }
        self.queue += added
        self.queue.sort()
    }

    /// What was formed before the beginning is left out, unless it was put after it.
    private func isWanted(_ object: S3ListPage.Object, _ batch: BatchName) -> Bool {
        guard let since = self.since, batch.formed < since else { return true }
        guard self.settings.follows, let modified = object.modified else { return false }
        return modified.millisecondsSinceEpoch > self.began + self.skew - 5000
    }

    /// False if the key is known. Keys that no list will show again are not kept.
    private func remember(_ key: String, at formed: Int64, _ function: inout Function) -> Bool {
        guard self.settings.follows, formed >= self.oldestKept(function) else { return true }
        let file = key[(key.lastIndex(of: "/").map { key.index(after: $0) } ?? key.startIndex)...]
        return function.seen[formed / Self.hour, default: []].insert(file).inserted
    }

    private func oldestKept(_ function: Function) -> Int64 {
        let window = (function.newest ?? .max) == .max ? Int64.min : (function.newest ?? 0) - Self.window
        let recheck = min(function.recheckDue ?? .max, self.serverNow)
        return min(recheck - Self.recheckLength - Self.recheckPeriod, window)
    }

    private mutating func prune(_ name: String) {
        guard let function = self.functions[name] else { return }
        let oldest = self.oldestKept(function) / Self.hour
        self.functions[name]?.seen = function.seen.filter { $0.key >= oldest }
    }

    private mutating func passOver(_ key: String) {
        self.status.foreign += 1
        // Once: a bucket may be full of them.
        if self.status.foreign == 1 {
            self.actions.append(.say(.note("\(key) is not of lmon; such objects are passed over and counted")))
        }
    }

    mutating func breakOff(_ key: String, _ reason: String) {
        self.status.broken += 1
        self.actions.append(.say(.broken("\(key): \(reason)")))
    }

    // MARK: Clocks

    private mutating func adjust(to serverTime: Int64?) {
        guard let serverTime else { return }
        let skew = serverTime - self.now
        // The field has whole seconds, and was on its way.
        guard abs(skew - self.skew) > 2000 else { return }
        self.skew = skew
        guard abs(skew) > 30_000, !self.saidSkew else { return }
        self.saidSkew = true
        let seconds = abs(skew) / 1000
        let length = seconds < 120 ? "\(seconds) s" : seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
        self.actions.append(.say(.note("this machine's clock is \(length) \(skew < 0 ? "ahead of" : "behind") S3's")))
    }
}
