import Dispatch
import LmonModel
import LmonScreen
import LmonUI
import Synchronization

/// A script as a display: it types what the script says as soon as the view rests, and keeps what was painted.
final class ScriptDisplay: Display {
    /// What the script asked to be shown, handed out in order.
    enum Output {
        case screen(Screen, label: String)
        case clipboard(String)
    }

    private(set) var size: Screen.Size
    let isUTF8 = true
    let isInstant = true
    /// Why the script could not be played to its end.
    private var failure: String?
    /// What was painted last.
    private var screen: Screen

    private var player: ScriptPlayer
    private let output: (Output) -> Void
    private let finished: (Screen, String?) -> Void
    private let happened = DispatchSemaphore(value: 0)
    private var rest: @Sendable () -> ScriptPlayer.Rest = { .busy }
    private var copied = ""

    /// `finished` gets the last screen, and why the script was not played to its end if it was not.
    init(
        _ script: ViewScript,
        output: @escaping (Output) -> Void,
        finished: @escaping (Screen, String?) -> Void
    ) {
        var size = Screen.Size(columns: 80, rows: 24)
        if case .size(let first)? = script.steps.first?.action { size = first }
        self.size = size
        self.screen = Screen(size: size)
        self.player = ScriptPlayer(script)
        self.output = output
        self.finished = finished
    }

    var wake: @Sendable () -> Void {
        let happened = self.happened
        return { happened.signal() }
    }

    var rested: @Sendable () -> Void { self.wake }

    func watch(_ rest: @escaping @Sendable () -> ScriptPlayer.Rest) { self.rest = rest }

    func paint(_ screen: Screen) { self.screen = screen }

    func nextInputs(timeout: Int32) -> [Input] {
        while true {
            switch self.player.step(self.screen, self.rest()) {
            case .type(let input):
                if case .resize(let size) = input { self.size = size }
                return [input]
            case .wait:
                let limit = timeout < 0 ? DispatchTime.distantFuture : .now() + .milliseconds(Int(timeout))
                _ = self.happened.wait(timeout: limit)
                return []
            case .show(let label): self.output(.screen(self.screen, label: label))
            case .showClipboard: self.output(.clipboard(self.copied))
            case .end: return [.hangUp]
            case .fail(let reason):
                self.failure = reason
                return [.hangUp]
            }
        }
    }

    func copy(_ text: String) -> UIMessage {
        self.copied = text
        return .notice("copied \(Format.bytes(text.utf8.count))")
    }

    func stopJob() {}
    func lend<Result>(_ body: () throws -> Result) rethrows -> Result { try body() }
    func close() { self.finished(self.screen, self.failure) }
}
