import LmonModel
import LmonStore

/// What a sweep has to do, in portions, stage after stage: a value that several threads take from under one lock.
struct SweepPlan: Sendable {
    enum Portion: Sendable {
        case order(SessionOrder)
        /// The one request that can match.
        case request(String)
        /// Rows by their facts; `folds` what these leave open.
        case rows(Range<Int>, folds: Bool)
        case loose([InvocationID])
        /// Lines that may decide what is open.
        case lines(Range<Int64>)
        /// Rows that are open.
        case open([Int])
        case items(SessionItems, Range<Int>, requests: ItemRequests?)
        /// The calls or lines of the one request that can match.
        case itemsOf(SessionItems, String)
    }

    /// Of which requests calls and lines need a look.
    struct ItemRequests: Sendable {
        var matched = PositionSet()
        /// Whose rows were asked; others are still in the model.
        var asked = PositionSet()

        func needsLook(_ request: Int64?) -> Bool {
            guard let request else { return true }
            return self.matched.contains(Int(request)) || !self.asked.contains(Int(request))
        }
    }

    enum Step {
        case portion(Portion)
        case wait
        case end
    }

    private enum Stage: Int {
        case start, order, rows, loose, lines, open, calls, logs, end
    }

    private let predicate: Predicate
    private let scope: Sweep.Scope
    private var stage = Stage.start
    private var active = 0
    private var waiting = 0
    private var isCancelled = false
    /// Portions of this stage that nobody has taken.
    private var portions: [Portion] = []
    private var open = OpenRows()
    private var requests = ItemRequests()
    private var looked = 0
    private var hasReadLines = false

    init(_ predicate: Predicate, _ scope: Sweep.Scope) {
        self.predicate = predicate
        self.scope = scope
    }

    /// Returns how many threads wait.
    mutating func cancel() -> Int {
        self.isCancelled = true
        self.portions = []
        self.stage = .end
        return self.release()
    }

    func open(_ request: Int64) -> OpenRows.Found { self.open.rows(of: request) }

    mutating func next() -> Step {
        while true {
            if let portion = self.portions.popLast() {
                self.active += 1
                return .portion(portion)
            }
            guard self.active == 0 else {
                self.waiting += 1
                return .wait
            }
            guard self.stage != .end else { return .end }
            self.stage = Stage(rawValue: self.stage.rawValue + 1) ?? .end
            self.prepare()
        }
    }

    var progress: SweepProgress {
        var progress = SweepProgress()
        progress.looked = self.looked
        progress.rows = self.scope.rows.count + self.lineCount
        progress.items = self.scope.calls.count + self.scope.logs.count
        progress.hasAllRows = self.stage.rawValue > Stage.open.rawValue
        return progress
    }

    private var lineCount: Int { self.predicate.prefilter == nil ? 0 : Int(self.scope.lastCursor) }

    /// Returns how many threads are to go on.
    mutating func finish(_ portion: Portion, _ result: SweepWorker.Result) -> Int {
        self.active -= 1
        switch portion {
        case .rows(let range, _), .items(_, let range, _): self.looked += range.count
        case .lines(let range):
            self.looked += range.count
            for position in result.decided { self.open.remove(position) }
        case .open: for position in result.decided { self.open.remove(position) }
        case .order, .request, .loose, .itemsOf: break
        }
        guard !self.isCancelled else { return self.release() }
        for row in result.open { self.open.insert(row) }
        for row in result.rows { if let request = row.request { self.requests.matched.insert(Int(request)) } }
        for request in result.asked { self.requests.asked.insert(request) }
        return self.active == 0 && self.portions.isEmpty ? self.release() : 0
    }

    private mutating func release() -> Int {
        defer { self.waiting = 0 }
        return self.waiting
    }

    // MARK: Stages

    private mutating func prepare() {
        switch self.stage {
        case .start, .end: break
        case .order: if let order = self.scope.order { self.portions = [.order(order)] }
        case .rows: self.prepareRows()
        case .loose: self.portions = Self.split(self.scope.loose, 64).map { .loose($0) }
        case .lines:
            guard self.predicate.prefilter != nil, self.open.count > self.scope.few else {
                self.looked += self.lineCount
                return
            }
            self.hasReadLines = true
            self.portions = Self.ranges(1..<Int(self.scope.lastCursor) + 1, 16_384).map {
                .lines(Int64($0.lowerBound)..<Int64($0.upperBound))
            }
        case .open:
            // What no line told of does not match.
            if self.hasReadLines { self.open.removeAll() }
            self.portions = Self.split(self.open.positions.positions, 64).map { .open($0) }
        case .calls: self.prepareItems(.calls, self.scope.calls)
        case .logs: self.prepareItems(.logs, self.scope.logs)
        }
    }

    private mutating func prepareRows() {
        if let requestID = self.predicate.requestID {
            self.portions = self.scope.rows.isEmpty ? [] : [.request(requestID)]
            return
        }
        let folds = self.predicate.prefilter == nil
        self.portions = Self.ranges(self.scope.rows, folds ? 256 : 2_048).map { .rows($0, folds: folds) }
        // The first page: at once, with all that it takes.
        if case .rows(let newest, _)? = self.portions.last, newest.count > 256 {
            self.portions[self.portions.count - 1] = .rows(newest.lowerBound..<newest.upperBound - 256, folds: false)
            self.portions.append(.rows(newest.upperBound - 256..<newest.upperBound, folds: true))
        }
    }

    private mutating func prepareItems(_ items: SessionItems, _ range: Range<Int>) {
        guard self.predicate.asks(items) else { return }
        if let requestID = self.predicate.requestID {
            self.portions = range.isEmpty ? [] : [.itemsOf(items, requestID)]
            return
        }
        let isTold = self.predicate.isMonotone && self.predicate.marked == nil
        let requests = isTold ? self.requests : nil
        self.portions = Self.ranges(range, requests == nil ? 512 : 8_192).map { .items(items, $0, requests: requests) }
    }

    /// Parts of a range, the one to be taken first last.
    private static func ranges(_ range: Range<Int>, _ size: Int) -> [Range<Int>] {
        stride(from: range.lowerBound, to: range.upperBound, by: size).map { $0..<min($0 + size, range.upperBound) }
    }

    private static func split<Element>(_ elements: [Element], _ size: Int) -> [[Element]] {
        Self.ranges(elements.indices, size).map { Array(elements[$0]) }
    }
}
