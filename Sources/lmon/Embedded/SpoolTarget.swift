import Foundation
import LmonAgent

#if Remote
import LmonRemote
#endif

/// The remote spool that a session's records go to, and by whose rights: this machine's, as for a viewer, for a function
/// that runs here has none of its own.
struct SpoolTarget: Sendable {
    let text: String
    /// What tells the agent so: `LMON_SPOOL`, `LMON_TOKEN`, and AWS's for a bucket.
    let variables: [String: String]
    /// The same, read.
    let configuration: AgentConfiguration

    init(_ text: String, environment: [String: String]) throws {
        self.text = text
        do {
            var variables = text.hasPrefix("s3:") ? try Self.rights(environment) : [:]
            variables["LMON_TOKEN"] = environment["LMON_TOKEN"]
            var configuration = AgentConfiguration(variables)
            if let reason = configuration.problems.first ?? configuration.take(spool: text) {
                throw Failure.usage("--spool \(text): \(reason)")
            }
            configuration.memoryBytes = Self.memory
            self.configuration = configuration
            variables["LMON_SPOOL"] = text
            // The function's stays what it is; where a bucket lies AWS says itself.
            variables["AWS_REGION"] = nil
            self.variables = variables
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure.usage("--spool \(text): \(error)")
        }
    }

    /// A machine that runs functions has more room than they have.
    private static let memory = 64 << 20

    private static func rights(_ environment: [String: String]) throws -> [String: String] {
        #if Remote
        try ViewerCredentials(variables: environment).agentVariables()
        #else
        throw Failure.usage("--spool: this build of lmon sends nothing to other machines")
        #endif
    }
}
