package import NIOCore

/// What makes a client's connections private; `LmonTLS` has it, for this module knows no cryptography.
package protocol ClientSecurity: Sendable {
    /// Puts what encrypts into the pipeline of a channel that is not connected yet, before there is anything else in it.
    ///
    /// Called on the channel's loop, which must not be blocked: what takes long, such as reading certificates, is done
    /// elsewhere before the future succeeds. What fails then or later, down the pipeline, is a `NetworkError` that names
    /// `address` and says in one line what is wrong.
    func secure(_ channel: any Channel, host: String, address: String) -> EventLoopFuture<Void>
}

/// The same for a listener's connections.
package protocol ServerSecurity: Sendable {
    /// Puts what encrypts into the pipeline of an accepted channel, before there is anything else in it. Called on its loop.
    func secure(_ channel: any Channel) throws
}
