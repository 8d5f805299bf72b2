import LmonRecord

/// What the fold knows of an environment.
struct EnvironmentFold: Sendable {
    var status: EnvironmentStatus
    var ledger = SequenceLedger()
    /// The latest slot by request id, to find it again without hashing.
    var lastRequestID: String?
    var lastSlot: Int32 = -1
    /// The bucket of the latest initialisation.
    var initialization: Int32?
    /// Sequence numbers of the initialisations' first records, with the first invocation after each.
    var inits: [InitMark] = []
    /// The last invocations that started, by sequence number.
    var starts: [StartMark] = []
    /// Sequence numbers of the last freezes.
    var freezes: [Int] = []
    /// Of the record that set `status.state`.
    var stateSequence = 0
    /// Of the report that set `status.memoryUsed`.
    var memorySequence = 0
    var shutdownRow: RowID?
    /// In the order in which they were first seen.
    var ordinal = 0
    /// Rows of it that were not archived.
    var liveRows = 0

    struct InitMark: Sendable {
        let sequence: Int
        /// -1 once it is archived.
        var slot: Int32
        var first: StartMark?
    }

    struct StartMark: Sendable {
        let sequence: Int
        /// -1 once it is archived.
        var slot: Int32
        let time: Timestamp
    }

    /// How many starts and freezes are remembered at least; at twice as many the older half is let go.
    static let memory = 64

    init(_ status: EnvironmentStatus) {
        self.status = status
    }

    init(_ record: Record) {
        let (id, function) = (record.environment, record.function)
        self.init(EnvironmentStatus(id: id, function: function, state: .idle, since: record.time))
    }

    var isShutDown: Bool {
        if case .shutDown = self.status.state { true } else { false }
    }

    /// The invocation in progress at a record that names none.
    func current(at sequence: Int) -> StartMark? { self.starts.last { $0.sequence < sequence } }

    /// Whether the environment stood still between two of its records.
    func froze(after first: Int, before last: Int) -> Bool { self.freezes.contains { $0 > first && $0 < last } }

    mutating func noteInitialization(_ mark: InitMark) {
        let index = (self.inits.lastIndex { $0.sequence < mark.sequence } ?? -1) + 1
        self.inits.insert(mark, at: index)
        if self.inits.count > Self.memory * 2 { self.inits.removeFirst(Self.memory) }
    }

    mutating func noteFreeze(_ sequence: Int) {
        self.freezes.append(sequence)
        if self.freezes.count > Self.memory * 2 { self.freezes.removeFirst(Self.memory) }
    }

    /// Returns the start before this one, if it is remembered.
    mutating func noteStart(_ mark: StartMark) -> StartMark? {
        let index = (self.starts.lastIndex { $0.sequence < mark.sequence } ?? -1) + 1
        self.starts.insert(mark, at: index)
        let previous = index > 0 ? self.starts[index - 1] : nil
        if self.starts.count > Self.memory * 2 { self.starts.removeFirst(Self.memory) }
        return previous
    }

    /// The latest record in the environment's own order decides its state, whatever came last.
    mutating func enter(_ state: EnvironmentStatus.State, _ record: Record) {
        self.status.lane.insert(Lane.Kind(state), at: record.time, sequence: record.sequence)
        guard record.sequence > self.stateSequence else { return }
        self.stateSequence = record.sequence
        self.status.state = state
        self.status.since = record.time
    }

    /// The latest report says how much memory is used, whatever came last.
    mutating func noteMemory(_ used: Int?, limit: Int?, _ sequence: Int) {
        self.status.memoryLimit = limit ?? self.status.memoryLimit
        guard let used else { return }
        self.status.memoryPeak = max(self.status.memoryPeak ?? used, used)
        guard sequence > self.memorySequence else { return }
        self.memorySequence = sequence
        self.status.memoryUsed = used
    }
}
