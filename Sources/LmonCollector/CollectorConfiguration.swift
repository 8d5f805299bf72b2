package import LmonHTTP
package import LmonStore

package struct CollectorConfiguration: Sendable {
    package var host = "127.0.0.1"
    /// 0: any free one.
    package var port = 4245
    /// Nil: whoever reaches the port may send and read.
    package var tokens: CollectorTokens?
    package var security: (any ServerSecurity)?
    package var retention = Retention()
    package var limits = Limits()

    package struct Limits: Sendable {
        /// Of a batch, inflated (16 MiB).
        package var batch = 16 << 20
        /// What batches may take together from their first byte until they are on the disk; beyond it agents are asked to
        /// wait.
        package var pending = 48 << 20
        /// What is kept in memory of the newest lines, for those who follow.
        package var recent = 8 << 20
        /// A following viewer is told that all is well this often, when nothing else is to be told.
        package var heartbeat = Duration.seconds(15)
        /// A viewer that takes nothing for so many heartbeats is let go.
        package var patience = 8
        /// What a retention's step is repeated after, at most.
        package var trimming = Duration.seconds(30)

        package init() {}
    }

    package init() {}
}
