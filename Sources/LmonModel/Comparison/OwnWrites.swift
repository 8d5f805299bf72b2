/// Tells what is saved from what a function writes into its own folder while it runs, which would else run it again
/// without end. Nobody says who wrote a file: what tells is when, and how often in a row.
struct OwnWrites {
    /// What an invocation wrote that nobody began here is seen within this.
    private static let lag = Duration.milliseconds(250)
    /// A save so soon behind a run may be what the function still wrote.
    private static let soon = Duration.seconds(1)
    /// A file that was written during so many runs in a row is written by the function. Two may happen: who waits for a
    /// result on the screen and saves the next version may be earlier than the run's last report.
    private static let longestStreak = 3
    /// Runs in a row that each began by what was written during the one before, or soon behind it.
    static let longestChain = 20

    private var isRunning = false
    private var endedAt: ContinuousClock.Instant?
    /// Invocations that nobody began here.
    private var others: Set<InvocationID> = []
    /// The last of all that ended, which records of it may follow.
    private var lastEnded: InvocationID
    private var otherEndedAt: ContinuousClock.Instant?
    /// Written during the run that is over, and not told yet.
    private var untold: Set<String> = []
    /// Written while nothing ran, so by somebody else.
    private var edited: Set<String> = []
    /// Written during the last run, or since.
    private var written: Set<String> = []
    /// During each of how many runs before that one, without a gap.
    private var streaks: [String: Int] = [:]
    private var leftOut: Set<String> = []
    private var chain = 0
    private var isChained = false
    /// Of files that nobody else writes.
    private var chainLimit = Self.longestChain

    /// `id` is an invocation that is over.
    init(after id: InvocationID) { self.lastEnded = id }

    /// Whether this is a save; and those files that are none from now on, in order.
    mutating func seen(_ files: Set<String>, at time: ContinuousClock.Instant) -> (isSave: Bool, leftOut: [String]) {
        let inRun = self.isRunning ? files : files.intersection(self.untold)
        let own = self.isOtherBusy(at: time) ? files : inRun
        self.untold.subtract(files)
        self.written.formUnion(inRun)
        for file in files.subtracting(own) {
            self.edited.insert(file)
            self.streaks[file] = nil
        }
        let isSoon = !own.isEmpty || self.endedAt.map { time - $0 < Self.soon } == true
        let saves = files.filter { self.isSave($0, isOwn: own.contains($0), isSoon: isSoon) }
        let new = files.subtracting(saves).subtracting(self.leftOut)
        self.leftOut = self.leftOut.subtracting(saves).union(new)
        // It writes under ever new names: that was seen often enough.
        if !new.isEmpty, self.chain >= Self.longestChain { self.chainLimit = 1 }
        if !saves.isEmpty { self.isChained = isSoon }
        return (!saves.isEmpty, new.sorted())
    }

    private func isOtherBusy(at time: ContinuousClock.Instant) -> Bool {
        !self.others.isEmpty || self.otherEndedAt.map { time - $0 < Self.lag } == true
    }

    private func isSave(_ file: String, isOwn: Bool, isSoon: Bool) -> Bool {
        let isEdited = self.edited.contains(file)
        if isSoon, self.chain >= (isEdited ? Self.longestChain : self.chainLimit) { return false }
        guard isOwn else { return true }
        return !self.leftOut.contains(file) && (isEdited || self.streaks[file, default: 0] + 1 < Self.longestStreak)
    }

    /// A run begins.
    mutating func began() {
        self.chain = self.isChained ? self.chain + 1 : 0
        self.isChained = false
        self.streaks = Dictionary(uniqueKeysWithValues: self.written.map { ($0, self.streaks[$0, default: 0] + 1) })
        self.written = []
        self.untold = []
        self.isRunning = true
    }

    /// It is over; `untold` was written by then, and is told later.
    mutating func ended(untold: Set<String>, at time: ContinuousClock.Instant) {
        self.isRunning = false
        self.endedAt = time
        self.untold = untold
    }

    /// An invocation that nobody began here: it writes as well.
    mutating func changed(_ id: InvocationID, isInFlight: Bool, at time: ContinuousClock.Instant) {
        if isInFlight {
            self.others.insert(id)
        } else if self.others.remove(id) != nil || self.lastEnded != id {
            self.lastEnded = id
            self.otherEndedAt = time
        }
    }
}
