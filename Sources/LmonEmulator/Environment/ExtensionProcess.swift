import LmonHTTP
import LmonSupervisor

/// An external extension of a function: a program that is started beside its runtime. Its name is its file's.
package struct ExternalExtension: Hashable, Sendable {
    package var name: String
    /// A path; it is started without arguments.
    package var executable: String
    /// Why it cannot be started, as AWS names it (`PermissionDenied`, `TooManyExtensions`); nil: it can.
    package var launchError: String?
    /// The same in words.
    package var launchReason: String?

    package init(name: String, executable: String, launchError: String? = nil, launchReason: String? = nil) {
        self.name = name
        self.executable = executable
        self.launchError = launchError
        self.launchReason = launchReason
    }
}

/// The process of an external extension in one environment. Belongs to the emulator's actor.
final class ExtensionProcess {
    let generation: Int
    /// Nil until the supervisor has said so, and when it is gone.
    var identifier: ProcessID?
    var isToBeKilled = false
    var output: RuntimeOutput?

    init(generation: Int) {
        self.generation = generation
    }
}

/// What an environment holds of its extensions.
struct EnvironmentExtensions {
    /// By name.
    var processes: [String: ExtensionProcess] = [:]
    /// Open calls of `event/next`, by identifier.
    var polls: [String: (number: Int, responder: Responder)] = [:]
    private var pollNumber = 0
    /// What is to be started as soon as there is a listener.
    var waiting: [(name: String, generation: Int)] = []
    /// Identifiers whose registration asked for the account's id.
    var wantsAccount = false

    /// Keeps a call; returns its number.
    mutating func hold(_ responder: Responder, of identifier: String) -> Int {
        self.pollNumber += 1
        self.polls[identifier] = (self.pollNumber, responder)
        return self.pollNumber
    }
}
