import LmonRecord
import LmonRemote
import LmonS3
import LmonSpool

/// A bucket in memory and a clock: performs what a reader asks for, at once or as a test says.
struct Playbook {
    static let start: Int64 = 1_795_428_000_000

    private(set) var reader: BucketReader
    private(set) var now = Self.start
    /// S3's clock, ahead of the viewer's.
    var skew: Int64 = 0
    private(set) var objects: [String: (records: [Record], put: Int64)] = [:]
    private(set) var delivered: [Record] = []
    private(set) var notices: [BucketReader.Notice] = []
    private(set) var lists: [BucketReader.Listing] = []
    private(set) var fetches: [String] = []
    private(set) var ending: String?
    private(set) var hasEnded = false
    private var timer: Int64?
    var pageSize = 1000
    /// What goes wrong instead of an answer.
    var listTrouble: (BucketReader.Listing) -> BucketReader.Trouble? = { _ in nil }
    var fetchTrouble: (String) -> BucketReader.Trouble? = { _ in nil }
    var contents: (String) -> BucketReader.Contents? = { _ in nil }

    init(
        lookback: Int64? = 3_600_000,
        functions: FunctionChoice = .all,
        follows: Bool = true,
        queueLimit: Int = 4000
    ) {
        let start = lookback.map { ReadingStart.lookback($0) } ?? .beginning
        self.init(start: start, functions: functions, follows: follows, queueLimit: queueLimit)
    }

    init(start: ReadingStart, functions: FunctionChoice = .all, follows: Bool = true, queueLimit: Int = 4000) {
        var settings = BucketReader.Settings(prefix: "p/", start: start, functions: functions, follows: follows)
        settings.queueLimit = queueLimit
        self.reader = BucketReader(settings)
    }

    // MARK: The bucket

    static func records(_ numbers: ClosedRange<Int>, _ environment: String, _ function: String, at time: Int64)
        -> [Record]
    {
        numbers.map { number in
            let observation = Observation(
                environment: environment,
                function: function,
                time: Timestamp(microseconds: time * 1000),
                type: RecordType("function"),
                payload: Array(#""line""#.utf8)
            )
            return Record(observation, sequence: number, observed: Timestamp(microseconds: time * 1000 + Int64(number)))
        }
    }

    /// A batch that was formed at a time, by default now.
    @discardableResult
    mutating func put(
        _ numbers: ClosedRange<Int>,
        _ environment: String = "E",
        _ function: String = "orders",
        formed: Int64? = nil,
        putAt: Int64? = nil
    ) -> String {
        let formed = formed ?? self.now + self.skew
        let name = BatchName(function: function, formed: formed, environment: environment, numbers: numbers)
        let key = BatchKey.key(name, prefix: "p/")
        self.objects[key] = (Self.records(numbers, environment, function, at: formed), putAt ?? self.now + self.skew)
        return key
    }

    mutating func putForeign(_ key: String) { self.objects[key] = ([], self.now) }

    // MARK: Time

    mutating func begin() { self.handle(.began) }

    /// Lets time pass, and every timer run that is due.
    mutating func pass(_ milliseconds: Int64) {
        let end = self.now + milliseconds
        while let timer, timer <= end, !self.hasEnded {
            self.timer = nil
            self.now = max(self.now, timer)
            self.handle(.timerFired)
        }
        self.now = end
    }

    private mutating func handle(_ event: BucketReader.Event) {
        var events = [event]
        while !events.isEmpty {
            let actions = self.reader.handle(events.removeFirst(), now: self.now)
            for action in actions { events += self.perform(action) }
        }
    }

    private mutating func perform(_ action: BucketReader.Action) -> [BucketReader.Event] {
        switch action {
        case .list(let listing):
            self.lists.append(listing)
            if let trouble = self.listTrouble(listing) { return [.listFailed(listing.id, trouble)] }
            return [.listed(listing.id, self.page(listing), serverTime: self.now + self.skew)]
        case .fetch(let key, _):
            self.fetches.append(key)
            if let trouble = self.fetchTrouble(key) { return [.fetchFailed(key, trouble)] }
            let contents = self.contents(key) ?? .records(self.objects[key]?.records ?? [], brokenLines: 0)
            return [.fetched(key, contents)]
        case .setTimer(let time): self.timer = time
        case .deliver(let records): self.delivered += records
        case .say(let notice): self.notices.append(notice)
        case .end: self.hasEnded = true
        case .fail(let reason): (self.hasEnded, self.ending) = (true, reason)
        }
        return []
    }

    private func page(_ listing: BucketReader.Listing) -> S3ListPage {
        let after = listing.continuation ?? listing.after ?? ""
        let keys = self.objects.keys.filter { $0.hasPrefix(listing.prefix) && $0 > after }.sorted()
        var page = S3ListPage()
        if let delimiter = listing.delimiter {
            for key in keys {
                let rest = key.dropFirst(listing.prefix.count)
                guard let end = rest.firstIndex(of: Character(delimiter)) else {
                    page.objects.append(.init(key: key, size: 10))
                    continue
                }
                let prefix = listing.prefix + rest[...end]
                if page.prefixes.last != prefix { page.prefixes.append(prefix) }
            }
            return page
        }
        page.objects = keys.prefix(self.pageSize).map {
            .init(key: $0, size: 100, modified: Timestamp(microseconds: (self.objects[$0]?.put ?? 0) * 1000))
        }
        if keys.count > self.pageSize { page.continuation = page.objects.last?.key }
        return page
    }

    // MARK: What came

    var numbers: [String: [Int]] {
        Dictionary(grouping: self.delivered, by: \.environment).mapValues { $0.map(\.sequence) }
    }

    var status: BucketReader.Status? {
        self.notices.reversed().lazy.compactMap { if case .status(let status) = $0 { status } else { nil } }.first
    }

    var notes: [String] {
        self.notices.compactMap {
            switch $0 {
            case .note(let text), .broken(let text): text
            default: nil
            }
        }
    }
}
