package import LmonRecord
package import LmonS3
import LmonSpool

/// Reads a bucket's batches as they come: decides what is listed and fetched, and when, and puts the records into one
/// order, each once. A pure state machine: events in, actions out; times are milliseconds since 1970.
///
/// Each function's keys are listed from 120 s before its newest one, so that a list costs one request however long the
/// bucket's history is. What lies further back shows by a hole in an environment's numbers, whose hours are then listed
/// anew, and by a list of the last two hours every five minutes: a batch that was formed before a freeze may be put an hour
/// later. Lists become rarer while nothing comes, when there are many functions, and when S3 asks for it.
package struct BucketReader: Sendable {
    package struct Settings: Sendable {
        /// The location's.
        package var prefix: String
        /// Batches that were formed earlier, by S3's clock, are left out.
        package var start: ReadingStart
        /// The others' folders are not even listed.
        package var functions: FunctionChoice
        /// Whether it goes on for what comes; else it ends when all that is there was read.
        package var follows: Bool
        /// Batches that wait to be fetched while lists go on.
        package var queueLimit = 4000

        package init(
            prefix: String,
            start: ReadingStart,
            functions: FunctionChoice = .all,
            follows: Bool
        ) {
            self.prefix = prefix
            self.start = start
            self.functions = functions
            self.follows = follows
        }
    }

    package enum Event: Sendable {
        case began
        /// `serverTime` is what the answer's `Date` says.
        case listed(Int, S3ListPage, serverTime: Int64?)
        case listFailed(Int, Trouble)
        case fetched(String, Contents)
        case fetchFailed(String, Trouble)
        case timerFired
    }

    package enum Action: Hashable, Sendable {
        case list(Listing)
        /// Get an object of this key and size.
        case fetch(key: String, size: Int)
        /// Instead of the one before.
        case setTimer(at: Int64)
        case deliver([Record])
        case say(Notice)
        /// Nothing more will come.
        case end
        /// The first requests show that this cannot work.
        case fail(String)
    }

    /// A page to ask for.
    package struct Listing: Hashable, Sendable {
        package let id: Int
        package let prefix: String
        package let after: String?
        package let delimiter: String?
        package let continuation: String?
    }

    /// What an object was found to hold.
    package enum Contents: Hashable, Sendable {
        case records([Record], brokenLines: Int)
        case unreadable(String)
    }

    package enum Trouble: Error, Hashable, Sendable {
        /// S3 wants fewer requests, or has trouble of its own.
        case busy(String, retryAfter: Int64?)
        case unreachable(String)
        /// Rights, credentials, a bucket that is not there: it takes somebody to mend it.
        case refused(String)
        /// The object is gone.
        case missing
        /// The answer is none that can be read.
        case broken(String)
    }

    /// What is said as it happens.
    package enum Notice: Hashable, Sendable {
        /// Requests fail; they are tried again after so many milliseconds.
        case troubled(String, retryAfter: Int64)
        case recovered
        /// Something to know.
        case note(String)
        /// An object that could not be read, or lines in it.
        case broken(String)
        /// How things are; when it has changed.
        case status(Status)
        /// All was listed that is to be read at the beginning, and there is nothing. Said once.
        case empty(Status)
    }

    /// How reading goes, for a header.
    package struct Status: Hashable, Sendable {
        package var functions = 0
        /// Milliseconds between lists, of the function that is listed most often.
        package var interval: Int64 = 0
        /// Requests that an hour of this makes.
        package var requestsPerHour = 0
        package var objects = 0
        package var records = 0
        /// Objects that came behind others by more than the window.
        package var late = 0
        package var foreign = 0
        package var broken = 0
        /// Numbers that have not come, though later ones of their environment have; most first.
        package var missing: [RemoteStatus.Missing] = []
        /// Milliseconds from when the newest record happened to when it was read; nil while only history has come.
        package var lag: Int64?
        /// Nothing is there of the time that is read.
        package var isEmpty = false
        /// Then: when the newest batch was formed that lies before it.
        package var newest: Int64?
    }

    struct Batch: Hashable, Comparable {
        let key: String
        let size: Int
        let name: BatchName

        static func < (left: Self, right: Self) -> Bool {
            (left.name.formed, left.key) < (right.name.formed, right.key)
        }
    }

    let settings: Settings
    var now: Int64 = 0
    var began: Int64 = 0
    /// Milliseconds that S3's clock is ahead of this one.
    var skew: Int64 = 0
    var saidSkew = false
    var functions: [String: Function] = [:]
    var root = Root()
    var listings: [Int: (purpose: Purpose, listing: Listing)] = [:]
    var nextID = 1
    /// To be fetched, the earliest formed first.
    var queue: [Batch] = []
    var round: Round?
    var ledger = SequenceLedger()
    var environments: [String: Environment] = [:]
    var holes: [Hole] = []
    var meter = RequestMeter()
    var status = Status()
    var saidStatus: Status?
    var nextStatus: Int64 = 0
    var emptiness = Emptiness.unknown
    /// The time of the newest record that was read.
    var newestRecord = Int64.min
    /// Lists that failed in a row, over all functions; 0 while all is well.
    var troubles = 0
    /// By how much lists are rarer than they would be; doubled each time that S3 asks for it.
    var slowdown: Int64 = 1
    var slowedDown = Int64.min / 2
    /// Answers since S3 has last asked for it.
    var calm = 0
    var hasListed = false
    /// Anything was answered as it should.
    var hasAnswered = false
    /// When the earliest batch was formed that is wanted; known after the first list.
    var since: Int64?
    /// All that was there at the beginning has been listed.
    var hasCaughtUp = false
    var isOver = false
    var timer: Int64?
    var actions: [Action] = []

    package init(_ settings: Settings) {
        self.settings = settings
    }

    /// S3's time.
    var serverNow: Int64 { self.now + self.skew }

    package mutating func handle(_ event: Event, now: Int64) -> [Action] {
        guard !self.isOver else { return [] }
        self.now = now
        switch event {
        case .began: self.began = now
        case .listed(let id, let page, let serverTime): self.listed(id, page, serverTime)
        case .listFailed(let id, let trouble): self.listFailed(id, trouble)
        case .fetched(let key, let contents): self.fetched(key, contents)
        case .fetchFailed(let key, let trouble): self.fetchFailed(key, trouble)
        case .timerFired: self.timer = nil
        }
        if !self.isOver { self.advance() }
        defer { self.actions = [] }
        return self.actions
    }

    private mutating func advance() {
        self.startLists()
        self.advanceRound()
        self.judgeEmptiness()
        if !self.settings.follows, self.isDone {
            self.sayStatus(always: true)
            self.actions.append(.end)
            self.isOver = true
            return
        }
        self.sayStatus(always: false)
        self.setTimer()
    }

    private var isDone: Bool {
        self.root.isKnown && self.listings.isEmpty && self.queue.isEmpty && self.round == nil
            && self.functions.values.allSatisfy { $0.hasPassed && $0.parked.isEmpty }
    }

    private mutating func setTimer() {
        guard let next = self.nextDue, next != self.timer else { return }
        self.timer = next
        self.actions.append(.setTimer(at: next))
    }
}
