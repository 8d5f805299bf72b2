import LmonRecord

/// What came of a run.
struct DeliveryOutcome {
    var invocations = 0
    /// Every call that was told to the agent.
    private(set) var calls: Set<String> = []
    var tee = RecordLedger()
    var teeConnections = 0
    /// What the agent wrote to the log at its end, since nobody took it.
    private(set) var spilled = RecordLedger()
    var collector = SinkOutcome()
    var webhook = SinkOutcome()
    /// Milliseconds from SHUTDOWN to the end of the process.
    var shutdowns: [Double] = []
    /// What nobody should say or do.
    var oddities: [String] = []
    /// What the agent said besides records.
    private(set) var said: [String] = []
    private(set) var healthy = Latencies()
    private(set) var dead = Latencies()

    struct Latencies {
        var held: [Double] = []
        var answered: [Double] = []
    }

    mutating func add(_ times: StandInLambda.Times, _ ids: [String], isDead: Bool) {
        self.invocations += 1
        self.calls.formUnion(ids)
        if isDead {
            self.dead.held.append(times.held)
            self.dead.answered.append(times.answered)
        } else {
            self.healthy.held.append(times.held)
            self.healthy.answered.append(times.answered)
        }
    }

    mutating func ended(_ process: AgentProcess, _ function: VirtualFunction) {
        let (records, lines) = process.printed
        for record in records { self.spilled.add(record) }
        self.said += lines
        if function.refusals > 0 { self.oddities.append("the ingest refused \(function.refusals) requests") }
    }

    // MARK: The verdict

    private var highest: [String: Int] {
        self.collector.ledger.highest.merging(self.tee.highest, uniquingKeysWith: max)
            .merging(self.spilled.highest, uniquingKeysWith: max)
    }

    /// Of the collector's stream, with what went to the log in its stead.
    var collected: (missing: [String], buried: Int) {
        self.collector.ledger.missing(through: self.highest, besides: self.spilled)
    }

    var teed: (missing: [String], buried: Int) { self.tee.missing(through: self.highest) }

    /// Calls of which nothing has arrived anywhere.
    var callsUnseen: Int {
        self.calls.subtracting(self.tee.calls).subtracting(self.collector.ledger.calls)
            .subtracting(self.spilled.calls).count
    }

    var isComplete: Bool {
        self.collected.missing.isEmpty && self.teed.missing.isEmpty && self.oddities.isEmpty
            && self.collector.oddities.isEmpty && self.webhook.oddities.isEmpty
            // What is buried in both streams is known to be lost.
            && (self.callsUnseen == 0 || (self.collected.buried > 0 && self.teed.buried > 0))
    }
}

/// What a faulty sink has seen.
struct SinkOutcome {
    var ledger = RecordLedger()
    var recaps = 0
    var requests = 0
    var batches = 0
    var oddities: [String] = []
    var faults: [Fault: Int] = [:]

    init() {}

    init(_ sink: FaultySink) async {
        self.ledger = await sink.ledger
        self.recaps = await sink.recaps.count
        self.requests = await sink.requests
        self.batches = await sink.batches
        self.oddities = await sink.oddities
        self.faults = await sink.faults
    }
}
