import LmonScreen
import LmonUI

/// What the view is shown on, and where its keys come from: a terminal, or a script. Used by one thread.
protocol Display: AnyObject {
    var size: Screen.Size { get }
    /// Whether characters beyond ASCII can be shown.
    var isUTF8: Bool { get }
    /// Each change is to be seen by itself.
    var isInstant: Bool { get }
    /// Lets `nextInputs` return; any thread may call it.
    var wake: @Sendable () -> Void { get }

    /// Called by any thread when nothing is left to do behind the view.
    var rested: @Sendable () -> Void { get }

    /// Shows a screen.
    func paint(_ screen: Screen)
    /// Waits for something to happen, and returns what was typed meanwhile, in order; empty after `wake`, or when
    /// `timeout` milliseconds passed (-1: never).
    func nextInputs(timeout: Int32) -> [Input]
    /// Puts text where the user can paste it, and says what happened.
    func copy(_ text: String) -> UIMessage
    /// Whether the mouse is reported.
    func setMouse(_ isReported: Bool)
    /// Stops the job, as ^Z does in other programs, and returns when it is in the foreground again.
    func stopJob()
    /// Runs something else in its place, a pager or an editor.
    func lend<Result>(_ body: () throws -> Result) rethrows -> Result
    /// What is to be asked whether the view rests.
    func watch(_ rest: @escaping @Sendable () -> ScriptPlayer.Rest)
    /// Gives back what was taken. Called once, at the end.
    func close()
}

extension Display {
    var isInstant: Bool { false }
    var rested: @Sendable () -> Void { {} }
    func setMouse(_ isReported: Bool) {}
    func watch(_ rest: @escaping @Sendable () -> ScriptPlayer.Rest) {}
}
