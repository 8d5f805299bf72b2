/// What the view shows of where its records come from. Values only: no environment, no clock.
package struct UIConfiguration: Hashable, Sendable {
    /// `emulator ./demo`, `tcp://127.0.0.1:4244`, `@last`.
    package var source: String
    /// Lists that the source can answer for.
    package var views: [ListView] = [.invocations]
    /// Functions that can be invoked; empty if none can, and then `cannotInvoke` says why.
    package var functions: [String] = []
    package var cannotInvoke = "This source only shows what happens."
    /// `http://127.0.0.1:9000`, where the functions of an emulator are invoked.
    package var invokeURL: String?
    /// Seconds that local time is ahead of UTC.
    package var utcOffset = 0
    /// Start with ASCII only: the locale is not UTF-8, or the user said so.
    package var isASCII = false
    package var preferences = Preferences()
    /// A filter to begin with.
    package var filter: String?

    package init(source: String) {
        self.source = source
    }
}
