/// What lmon asks of its supervisor. Descriptors travel beside the frame, in the order of `descriptors`.
enum SupervisorRequest: Hashable {
    case spawn(id: UInt32, ProcessRequest)
    /// Give the terminal (one descriptor) these attributes and write these bytes to it, should lmon end without
    /// `.releaseTerminal`. `attributes` is a `termios` as it lies in memory.
    case guardTerminal(attributes: [UInt8], restore: [UInt8])
    case releaseTerminal

    /// The sender's descriptors that go with the frame.
    var descriptors: [Int32] {
        switch self {
        case .spawn(_, let request): request.fileDescriptors.sorted { $0.key < $1.key }.map(\.value)
        case .guardTerminal, .releaseTerminal: []
        }
    }

    /// How many descriptors the receiver has to take.
    var descriptorCount: Int {
        switch self {
        case .spawn(_, let request): request.fileDescriptors.count
        case .guardTerminal: 1
        case .releaseTerminal: 0
        }
    }

    func encode() -> [UInt8] {
        var frame = FrameWriter()
        switch self {
        case .spawn(let id, let request):
            frame.integer(UInt8(1))
            frame.integer(id)
            request.encode(into: &frame)
        case .guardTerminal(let attributes, let restore):
            frame.integer(UInt8(2))
            frame.data(attributes)
            frame.data(restore)
        case .releaseTerminal: frame.integer(UInt8(3))
        }
        return frame.finish()
    }

    init(frame: some Collection<UInt8>) throws(FrameError) {
        var reader = FrameReader(frame)
        switch try reader.integer(UInt8.self) {
        case 1: self = .spawn(id: try reader.integer(), try ProcessRequest(from: &reader))
        case 2: self = .guardTerminal(attributes: try reader.data(), restore: try reader.data())
        case 3: self = .releaseTerminal
        default: throw FrameError()
        }
        try reader.end()
    }
}

/// What the supervisor answers and reports.
enum SupervisorReply: Hashable {
    case spawned(id: UInt32, ProcessID)
    case failed(id: UInt32, step: SpawnError.Step, number: Int32)
    case exited(ProcessExit)

    func encode() -> [UInt8] {
        var frame = FrameWriter()
        switch self {
        case .spawned(let id, let process):
            frame.integer(UInt8(1))
            frame.integer(id)
            frame.integer(process.rawValue)
        case .failed(let id, let step, let number):
            frame.integer(UInt8(2))
            frame.integer(id)
            frame.integer(step.rawValue)
            frame.integer(number)
        case .exited(let exit):
            frame.integer(UInt8(3))
            frame.integer(exit.process.rawValue)
            switch exit.status {
            case .exited(let code):
                frame.integer(UInt8(0))
                frame.integer(code)
            case .signalled(let signal):
                frame.integer(UInt8(1))
                frame.integer(signal)
            }
            frame.integer(exit.peakMemory)
        }
        return frame.finish()
    }

    init(frame: some Collection<UInt8>) throws(FrameError) {
        var reader = FrameReader(frame)
        switch try reader.integer(UInt8.self) {
        case 1: self = .spawned(id: try reader.integer(), ProcessID(try reader.integer()))
        case 2:
            let id = try reader.integer(UInt32.self)
            guard let step = SpawnError.Step(rawValue: try reader.integer()) else { throw FrameError() }
            self = .failed(id: id, step: step, number: try reader.integer())
        case 3:
            let process = ProcessID(try reader.integer())
            let isSignal = try reader.integer(UInt8.self) == 1
            let number = try reader.integer(Int32.self)
            let status = isSignal ? ProcessExit.Status.signalled(number) : .exited(code: number)
            self = .exited(ProcessExit(process: process, status: status, peakMemory: try reader.integer()))
        default: throw FrameError()
        }
        try reader.end()
    }
}

extension ProcessRequest {
    fileprivate func encode(into frame: inout FrameWriter) {
        frame.string(self.executable)
        frame.list(self.arguments) { $0.string($1) }
        frame.list(self.environment) {
            $0.string($1.key)
            $0.string($1.value)
        }
        frame.optional(self.workingDirectory)
        frame.list(self.fileDescriptors.keys.sorted()) { $0.integer($1) }
        for limit in [self.limits.openFiles, self.limits.coreFileBytes, self.limits.fileBytes, self.limits.cpuSeconds] {
            frame.integer(UInt8(limit == nil ? 0 : 1))
            frame.integer(limit ?? 0)
        }
    }

    /// The descriptors are those of the message, filled in by the receiver; until then they are -1.
    fileprivate init(from reader: inout FrameReader) throws(FrameError) {
        self.init(executable: try reader.string())
        self.arguments = try reader.list { reader throws(FrameError) in try reader.string() }
        let pairs = try reader.list { reader throws(FrameError) in (try reader.string(), try reader.string()) }
        self.environment = Dictionary(pairs) { _, last in last }
        self.workingDirectory = try reader.optional()
        let targets = try reader.list { reader throws(FrameError) in try reader.integer(Int32.self) }
        self.fileDescriptors = Dictionary(targets.map { ($0, -1) }) { _, last in last }
        self.limits.openFiles = try Self.limit(from: &reader)
        self.limits.coreFileBytes = try Self.limit(from: &reader)
        self.limits.fileBytes = try Self.limit(from: &reader)
        self.limits.cpuSeconds = try Self.limit(from: &reader)
    }

    private static func limit(from reader: inout FrameReader) throws(FrameError) -> UInt64? {
        let isSet = try reader.integer(UInt8.self) == 1
        let value = try reader.integer(UInt64.self)
        return isSet ? value : nil
    }
}
