package import LambdaWire

/// The extensions of an environment and what each may do next.
package struct ExtensionTable: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package let name: String
        /// Started by Lambda from a layer; else it registered from within the runtime.
        package let isExternal: Bool
        package var identifier: String?
        package var events: Set<ExtensionEventType> = []
        package var state = ExtensionState.started
        /// An external one whose process runs, or is being started.
        var isAlive: Bool
        /// What it said was wrong, or what kept it from starting.
        package var errorType: String?
        /// It is to be told of the shutdown as soon as it asks.
        var isShutdownDue = false
    }

    /// Of both kinds together.
    static let limit = 10

    package private(set) var members: [Member] = []
    /// Nobody can register any more.
    var isClosed = false

    var isEmpty: Bool { self.members.isEmpty }

    /// External ones whose processes have not ended.
    var living: [Member] { self.members.filter { $0.isExternal && $0.isAlive } }

    var hasLiving: Bool { self.members.contains { $0.isExternal && $0.isAlive } }

    var areAllRegistered: Bool { self.members.allSatisfy { !$0.isExternal || $0.state != .started } }

    /// Every one of them has asked for the next event.
    var areAllReady: Bool { self.members.allSatisfy { $0.state == .ready } }

    var isAnyRunning: Bool { self.members.contains { $0.state == .running } }

    /// Forgets all, and expects `names` to be started.
    mutating func reset(external names: [String]) {
        self.members = names.map { Member(name: $0, isExternal: true, isAlive: true) }
        self.isClosed = false
    }

    package subscript(identifier identifier: String) -> Member? {
        self.members.first { $0.identifier == identifier }
    }

    mutating func update(_ identifier: String, _ change: (inout Member) -> Void) {
        guard let index = self.members.firstIndex(where: { $0.identifier == identifier }) else { return }
        change(&self.members[index])
    }

    mutating func update(named name: String, _ change: (inout Member) -> Void) {
        guard let index = self.members.firstIndex(where: { $0.isExternal && $0.name == name }) else { return }
        change(&self.members[index])
    }

    // MARK: Registration

    /// A name that nothing was started under is an internal extension's: so is one that is misspelt, and init then waits for
    /// the external one until its time is over. `isInit`: only then can somebody join.
    mutating func register(
        _ name: String,
        _ events: Set<ExtensionEventType>,
        identifier: String,
        isInit: Bool
    ) throws(ExtensionsAPIError) {
        if let index = self.members.firstIndex(where: { $0.isExternal && $0.name == name }) {
            let member = self.members[index]
            guard member.state == .started else {
                throw .invalidTransition(from: member.state, to: .registered, of: name)
            }
            self.members[index].identifier = identifier
            self.members[index].events = events
            self.members[index].state = .registered
            return
        }
        guard !events.contains(.shutdown) else { throw .shutdownForInternal }
        guard isInit, !self.isClosed else { throw .registrationClosed }
        guard self.members.count < Self.limit else { throw .tooMany }
        guard !self.members.contains(where: { $0.name == name }) else { throw .nameTaken }
        var member = Member(name: name, isExternal: false, isAlive: true)
        member.identifier = identifier
        member.events = events
        member.state = .registered
        self.members.append(member)
    }

    // MARK: Calls

    // Refusals name the extension by its identifier here, and by its name where it registers.

    /// `next`: it is done with what it was told of, and waits.
    mutating func next(_ identifier: String) throws(ExtensionsAPIError) {
        guard let member = self[identifier: identifier] else { throw .unknownToNext(identifier) }
        switch member.state {
        case .registered, .running: self.update(identifier) { $0.state = .ready }
        default: throw .invalidTransition(from: member.state, to: .ready, of: identifier)
        }
    }

    mutating func reportInitError(_ identifier: String, _ errorType: String) throws(ExtensionsAPIError) {
        guard let member = self[identifier: identifier] else { throw .unknownToErrors }
        switch member.state {
        case .registered: self.fail(identifier, .initError, errorType)
        case .initError: break
        default: throw .invalidTransition(from: member.state, to: .initError, of: identifier)
        }
    }

    mutating func reportExitError(_ identifier: String, _ errorType: String) throws(ExtensionsAPIError) {
        guard let member = self[identifier: identifier] else { throw .unknownToErrors }
        switch member.state {
        case .registered, .ready, .running: self.fail(identifier, .exitError, errorType)
        case .exitError: break
        default: throw .invalidTransition(from: member.state, to: .exited, of: identifier)
        }
    }

    private mutating func fail(_ identifier: String, _ state: ExtensionState, _ errorType: String) {
        self.update(identifier) {
            $0.state = state
            $0.errorType = errorType
        }
    }

    // MARK: Invocations

    /// The identifiers of those that an invocation is told to; they have it from now on.
    mutating func begin() -> [String] {
        var told: [String] = []
        for index in self.members.indices where self.members[index].state == .ready {
            guard self.members[index].events.contains(.invoke), let identifier = self.members[index].identifier else {
                continue
            }
            self.members[index].state = .running
            told.append(identifier)
        }
        return told
    }
}
