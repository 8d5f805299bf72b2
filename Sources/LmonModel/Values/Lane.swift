package import LmonRecord

/// What an environment did, oldest first: the lane of the environment view.
///
/// Bounded for a session of any length: the newest state changes are kept one by one, older ones are folded together,
/// all of those about as many to a span. What is counted stays exact.
package struct Lane: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case initializing
        case idle
        case running(InvocationID, isFailed: Bool)
        case frozen
        case shutDown(reason: String?)
        /// Several, too old to be told apart.
        case folded(Folded)
    }

    /// A state, which lasts until the next span begins.
    package struct Span: Hashable, Sendable {
        package let start: Timestamp
        package fileprivate(set) var kind: Kind
        /// Of the record that told of it, which orders spans.
        let sequence: Int
    }

    package struct Folded: Hashable, Sendable {
        package var changes = 0
        package var invocations = 0
        package var failed = 0
        package var initializations = 0
        package var freezes = 0
        /// Milliseconds.
        package var running = 0.0
        package var frozen = 0.0
    }

    /// So many changes are kept one by one at least; at twice as many the older half is folded.
    private static let exact = 64
    /// Spans of folded changes; at twice as many, neighbours become one.
    private static let coarse = 64

    package private(set) var spans: [Span] = []
    /// How many of the first spans are folded, and how many changes make one of them.
    private var foldedCount = 0
    private var chunk = 8

    package init() {}

    package mutating func insert(_ kind: Kind, at time: Timestamp, sequence: Int) {
        var index = self.spans.count
        while index > self.foldedCount, self.spans[index - 1].sequence > sequence { index -= 1 }
        // Told of by several records, it is one beginning.
        if kind == .initializing, index > 0, self.spans[index - 1].kind == .initializing { return }
        self.spans.insert(Span(start: time, kind: kind, sequence: sequence), at: index)
        if self.spans.count - self.foldedCount > Self.exact * 2 { self.foldOldest() }
    }

    /// Says of an invocation that started at `time` whether it failed.
    package mutating func mark(_ id: InvocationID, startedAt time: Timestamp, isFailed: Bool) {
        for index in self.spans.indices.reversed() {
            switch self.spans[index].kind {
            case .running(id, let wasFailed):
                guard wasFailed != isFailed else { return }
                self.spans[index].kind = .running(id, isFailed: isFailed)
                return
            case .folded(var folded) where self.spans[index].start <= time || index == 0:
                folded.failed = max(0, folded.failed + (isFailed ? 1 : -1))
                self.spans[index].kind = .folded(folded)
                return
            case .running, .folded, .initializing, .idle, .frozen, .shutDown: break
            }
        }
    }

    // MARK: Folding

    private mutating func foldOldest() {
        for _ in 0..<Self.exact {
            let span = self.spans[self.foldedCount]
            let end = self.spans[self.foldedCount + 1].start
            let folded = Folded(span, until: end)
            if self.foldedCount > 0, case .folded(var last) = self.spans[self.foldedCount - 1].kind,
                last.changes < self.chunk
            {
                last.add(folded)
                self.spans[self.foldedCount - 1].kind = .folded(last)
                self.spans.remove(at: self.foldedCount)
            } else {
                self.spans[self.foldedCount].kind = .folded(folded)
                self.foldedCount += 1
            }
        }
        if self.foldedCount > Self.coarse * 2 { self.foldNeighbours() }
    }

    private mutating func foldNeighbours() {
        var result: [Span] = []
        for index in stride(from: 0, to: self.foldedCount, by: 2) {
            var span = self.spans[index]
            if index + 1 < self.foldedCount, case .folded(var first) = span.kind,
                case .folded(let second) = self.spans[index + 1].kind
            {
                first.add(second)
                span.kind = .folded(first)
            }
            result.append(span)
        }
        self.spans.replaceSubrange(0..<self.foldedCount, with: result)
        self.foldedCount = result.count
        self.chunk *= 2
    }
}

extension Lane {
    package var freezes: Int { self.sum(\.freezes) { $0 == .frozen } }
    package var initializations: Int { self.sum(\.initializations) { $0 == .initializing } }

    /// Milliseconds that it stood still; up to `latest` if it still does.
    package func frozen(until latest: Timestamp?) -> Double {
        var total = 0.0
        for (index, span) in self.spans.enumerated() {
            switch span.kind {
            case .folded(let folded): total += folded.frozen
            case .frozen:
                let next = index + 1 < self.spans.count ? self.spans[index + 1].start : latest
                total += max(0, next?.milliseconds(since: span.start) ?? 0)
            case .initializing, .idle, .running, .shutDown: break
            }
        }
        return total
    }

    /// When it stood still after `start`, in milliseconds from that, as far as its changes are kept one by one; up to
    /// `latest` if it still does.
    package func freezes(after start: Timestamp, until latest: Timestamp?) -> [ClosedRange<Double>] {
        var freezes: [ClosedRange<Double>] = []
        for (index, span) in self.spans.enumerated() where span.kind == .frozen && span.start >= start {
            let next = index + 1 < self.spans.count ? self.spans[index + 1].start : latest
            guard let next, next > span.start else { continue }
            freezes.append(span.start.milliseconds(since: start)...next.milliseconds(since: start))
        }
        return freezes
    }

    private func sum(_ part: KeyPath<Folded, Int>, _ isOne: (Kind) -> Bool) -> Int {
        self.spans.reduce(0) { sum, span in
            if case .folded(let folded) = span.kind { return sum + folded[keyPath: part] }
            return sum + (isOne(span.kind) ? 1 : 0)
        }
    }
}

extension Lane.Folded {
    fileprivate init(_ span: Lane.Span, until end: Timestamp) {
        self.init()
        self.changes = 1
        let length = max(0, end.milliseconds(since: span.start))
        switch span.kind {
        case .initializing: self.initializations = 1
        case .running(_, let isFailed):
            self.invocations = 1
            self.failed = isFailed ? 1 : 0
            self.running = length
        case .frozen:
            self.freezes = 1
            self.frozen = length
        case .folded(let folded): self = folded
        case .idle, .shutDown: break
        }
    }

    fileprivate mutating func add(_ other: Lane.Folded) {
        self.changes += other.changes
        self.invocations += other.invocations
        self.failed += other.failed
        self.initializations += other.initializations
        self.freezes += other.freezes
        self.running += other.running
        self.frozen += other.frozen
    }
}

extension Lane.Kind {
    init(_ state: EnvironmentStatus.State) {
        switch state {
        case .initializing: self = .initializing
        case .idle: self = .idle
        case .running(let id): self = .running(id, isFailed: false)
        case .frozen: self = .frozen
        case .shutDown(let reason): self = .shutDown(reason: reason)
        }
    }
}
